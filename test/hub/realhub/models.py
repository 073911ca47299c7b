"""The tables of the Hub."""

import datetime

from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone
from rest_framework_api_key.models import AbstractAPIKey


class ClientKey(AbstractAPIKey):
    number = models.IntegerField(unique=True)  # the library's own id is a part of the key
    owner = models.ForeignKey(User, on_delete=models.CASCADE)


class Site(models.Model):
    name = models.SlugField(unique=True)
    label = models.CharField(max_length=100, blank=True)
    bandwidth = models.IntegerField(null=True, blank=True)
    settings = models.JSONField(default=dict, blank=True)


class Node(models.Model):
    name = models.CharField(max_length=100)
    site = models.ForeignKey(Site, on_delete=models.CASCADE)
    online = models.BooleanField(default=True)
    last_heartbeat = models.DateTimeField(default=timezone.now)


class Workflow(models.Model):
    DISCOVERY = [("recursive", "Recursive"), ("snapdiff", "Snapdiff")]
    name = models.CharField(max_length=100, unique=True)
    label = models.CharField(max_length=100)
    icon_classes = models.JSONField()
    filter_rules = models.JSONField()
    fields = models.JSONField()
    discovery = models.CharField(max_length=20, choices=DISCOVERY, null=True, blank=True)
    discovery_options = models.JSONField(null=True, blank=True)
    enabled = models.BooleanField(default=True)
    visible = models.BooleanField(default=True)


class Job(models.Model):
    """A job without tasks: its state follows from its age."""

    TRANSITION = datetime.timedelta(milliseconds=800)

    type = models.CharField(max_length=100)
    site = models.CharField(max_length=100)
    owner = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    created = models.DateTimeField(default=timezone.now)
    submission = models.JSONField(default=dict)
    final = models.CharField(max_length=20, default="SUCCESS")
    forced = models.CharField(max_length=20, blank=True)  # the state at once, "" lets time pass

    @property
    def state(self):
        age = timezone.now() - self.created
        if self.forced:
            return self.forced
        return "PENDING" if age < self.TRANSITION else "STARTED" if age < 2 * self.TRANSITION else self.final


class Search(models.Model):
    created = models.DateTimeField(default=timezone.now)
    query = models.JSONField()


class Feature(models.Model):
    name = models.CharField(max_length=100, unique=True)
    description = models.TextField(blank=True)
    enabled = models.BooleanField(default=False)


class Configurations(models.Model):
    BACKENDS = [("analytics", "Analytics"), ("pixstor_search", "PixStor Search")]
    jobs_ttl = models.IntegerField(default=90)
    search_backend = models.CharField(max_length=30, choices=BACKENDS, default="pixstor_search")
    search_max_results = models.IntegerField(default=200)
    stat_timeout = models.IntegerField(default=10)
    custom_statistics_tasks = models.JSONField(default=list)
    proxy_password = models.CharField(max_length=100, blank=True)


class Action(models.Model):
    action = models.CharField(max_length=100)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    state = models.CharField(max_length=20, default="SUCCESS")
    results = models.JSONField(default=dict)


class Alert(models.Model):
    SEVERITIES = [("INFO", "Info"), ("WARNING", "Warning"), ("CRITICAL", "Critical")]
    name = models.CharField(max_length=100)
    site = models.CharField(max_length=100)
    node = models.CharField(max_length=100, null=True)
    queue = models.CharField(max_length=100, null=True)
    severity = models.CharField(max_length=10, choices=SEVERITIES)
    summary = models.TextField()
    created = models.DateTimeField(default=timezone.now)
    timestamp = models.DateTimeField(default=timezone.now)
    suppressed = models.BooleanField(default=False)


class Datastore(models.Model):
    TYPES = [("S3", "S3"), ("AZURE", "Azure"), ("GCS", "Google")]
    name = models.CharField(max_length=100)
    type = models.CharField(max_length=10, choices=TYPES)
    bucket = models.CharField(max_length=100, blank=True)
    accesskey = models.CharField(max_length=100, blank=True)
    secretaccesskey = models.CharField(max_length=100, blank=True)
    connection_string = models.TextField(null=True, blank=True)
    sites = models.ManyToManyField(Site, blank=True)


class Space(models.Model):
    name = models.CharField(max_length=100)
    path = models.CharField(max_length=500)
    sites = models.ManyToManyField(Site)
    quota = models.DecimalField(max_digits=20, decimal_places=2, null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)


class Schedule(models.Model):
    STATES = [("idle", "Idle"), ("running", "Running")]
    name = models.CharField(max_length=100)
    workflow = models.ForeignKey(Workflow, null=True, on_delete=models.SET_NULL)
    site = models.ForeignKey(Site, on_delete=models.CASCADE)
    spaces = models.ManyToManyField(Space, blank=True)
    minute = models.CharField(max_length=20, default="*")
    hour = models.CharField(max_length=20, default="*")
    options = models.JSONField(default=dict, blank=True)
    last_state = models.CharField(max_length=10, choices=STATES, null=True, blank=True)
    enabled = models.BooleanField(default=True)


class Policy(models.Model):
    name = models.CharField(max_length=100)
    site = models.ForeignKey(Site, on_delete=models.CASCADE)
    threads = models.PositiveIntegerField(default=4)
    low = models.FloatField(default=70)
    high = models.FloatField(default=90)
    rules = models.JSONField(default=list)


class Queue(models.Model):
    name = models.SlugField(unique=True)
    site = models.ForeignKey(Site, on_delete=models.CASCADE)
    paused = models.BooleanField(default=False)


class Webhook(models.Model):
    address = models.URLField()
    webhook_token = models.CharField(max_length=100, blank=True)
    events = models.JSONField(default=list)
