"""The bodies and responses of the Hub, by variant documented well or badly."""

from django.conf import settings
from django.contrib.auth.models import Group, User
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from .models import (Action, Alert, Configurations, Datastore, Feature, Job, Node, Policy, Queue, Schedule, Search, Site, Space,
                     Webhook, Workflow)

UNTYPED = settings.HUB.variant == "untyped"


def described(kind):
    """Describes the value of a method, except in the variant whose methods have no type hints."""
    return (lambda method: method) if UNTYPED else extend_schema_field(kind)


def model(of, members="__all__", **more):
    """A ModelSerializer."""
    meta = type("Meta", (), {"model": of, "fields": members, **more.pop("meta", {})})
    return type(of.__name__ + "Serializer", (serializers.ModelSerializer,), {"Meta": meta, "__module__": __name__, **more})


class SiteSerializer(serializers.ModelSerializer):
    url = serializers.HyperlinkedIdentityField(view_name="site-detail")
    nodes = serializers.SerializerMethodField()

    class Meta:
        model = Site
        fields = ["id", "url", "name", "label", "bandwidth", "settings", "nodes"]

    @described(OpenApiTypes.OBJECT)
    def get_nodes(self, site):
        return [{"name": node.name, "online": node.online} for node in site.node_set.all()]


class NodeSerializer(serializers.ModelSerializer):
    site = serializers.SlugRelatedField(slug_field="name", read_only=True)

    class Meta:
        model = Node
        fields = ["id", "name", "site", "online", "last_heartbeat"]


class JobSerializer(serializers.ModelSerializer):
    url = serializers.HyperlinkedIdentityField(view_name="job-detail")
    state = serializers.ChoiceField(read_only=True, choices=[
        "NEW", "PENDING", "STARTED", "SUCCESS", "FAILURE", "ERROR", "SKIPPED", "PAUSING", "PAUSED", "CANCELLED", "DEQUEUING"])
    owner = serializers.SlugRelatedField(slug_field="username", read_only=True)
    progress = serializers.SerializerMethodField()
    paths = serializers.ReadOnlyField(source="submission.paths", default=None)

    class Meta:
        model = Job
        fields = ["id", "url", "type", "site", "owner", "created", "state", "progress", "paths"]

    @described(OpenApiTypes.OBJECT)
    def get_progress(self, job):
        return {"done": 3, "total": 4, "sites": [job.site]}


class TaskSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=["PENDING", "STARTED", "SUCCESS", "FAILURE"])
    runtime = serializers.DecimalField(max_digits=10, decimal_places=3)
    result = serializers.JSONField(allow_null=True)


class WorkflowSubmissionSerializer(serializers.Serializer):
    paths = serializers.ListField(child=serializers.CharField(), allow_empty=False)
    site = serializers.CharField()
    workflow = serializers.CharField()
    discovery = serializers.ChoiceField(choices=["recursive", "snapdiff"], allow_null=True, required=False)
    fields_ = serializers.JSONField(required=False)
    queue = serializers.CharField(required=False, write_only=True)

    def get_fields(self):
        fields = super().get_fields()
        fields["fields"] = fields.pop("fields_")
        return fields

    def validate_site(self, name):
        if not Site.objects.filter(name=name).exists():
            raise serializers.ValidationError(serializers.SlugRelatedField.default_error_messages["does_not_exist"].format(
                slug_name="name", value=name))
        return name

    def validate_workflow(self, name):
        if not Workflow.objects.filter(name=name).exists():
            raise serializers.ValidationError("Unknown workflow.")
        return name


class StateSerializer(serializers.Serializer):
    state = serializers.CharField()


class FileSerializer(serializers.Serializer):
    url = serializers.URLField()
    site = serializers.CharField()
    path = serializers.CharField()
    type = serializers.ChoiceField(choices=["file", "directory", "symlink"])
    size = serializers.IntegerField()
    ctime = serializers.DateTimeField()
    mtime = serializers.DateTimeField()
    children = serializers.JSONField()


class SearchSerializer(serializers.ModelSerializer):
    url = serializers.HyperlinkedIdentityField(view_name="search-detail")
    path = serializers.CharField(write_only=True)
    sites = serializers.ListField(child=serializers.CharField(), write_only=True, required=False)
    recursive = serializers.BooleanField(write_only=True, default=True)
    filters = serializers.DictField(write_only=True, required=False)
    results = serializers.SerializerMethodField()

    class Meta:
        model = Search
        fields = ["id", "url", "path", "sites", "recursive", "filters", "results"]

    def create(self, data):
        return Search.objects.create(query=data)

    @described(OpenApiTypes.OBJECT)
    def get_results(self, search):
        return [{"site": "dfoster1", "path": "/mmfs1/data/sample_data.tgz", "type": "file", "size": 4096}]


class ClientKeySerializer(serializers.Serializer):
    id = serializers.IntegerField(source="number", read_only=True)
    url = serializers.SerializerMethodField()
    name = serializers.CharField(max_length=50)
    created = serializers.DateTimeField(read_only=True)
    api_key = serializers.CharField(read_only=True, required=False)

    @described(OpenApiTypes.URI)
    def get_url(self, key):
        return self.context["request"].build_absolute_uri(f"{key.number}/")


class NodeHealthSerializer(serializers.Serializer):
    name = serializers.CharField()
    health = serializers.ChoiceField(choices=["ok", "warning", "critical"])
    online = serializers.BooleanField()


class SiteHealthSerializer(serializers.Serializer):
    site = serializers.CharField()
    health = serializers.ChoiceField(choices=["ok", "warning", "critical"])
    nodes = NodeHealthSerializer(many=True)


class HubStatusSerializer(serializers.Serializer):
    health = serializers.ChoiceField(choices=["ok", "warning", "critical"])


class HealthSerializer(serializers.Serializer):
    overall_health = serializers.ChoiceField(choices=["ok", "warning", "critical"])
    hub_status = HubStatusSerializer()
    site_status = SiteHealthSerializer(many=True)


class PasswordSerializer(serializers.Serializer):
    old_password = serializers.CharField(write_only=True, style={"input_type": "password"})
    new_password = serializers.CharField(write_only=True)


class UserSerializer(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ["id", "username", "first_name", "last_name", "email", "password", "groups", "last_login"]
        extra_kwargs = {"password": {"write_only": True}, "last_login": {"read_only": True}}

    def create(self, data):
        groups = data.pop("groups", [])
        user = User.objects.create_user(**data)
        user.groups.set(groups)
        return user


class GroupSerializer(serializers.ModelSerializer):
    users = serializers.SlugRelatedField(source="user_set", slug_field="username", many=True, read_only=True)

    class Meta:
        model = Group
        fields = ["id", "name", "users"]


class ScheduleSerializer(serializers.ModelSerializer):
    site = serializers.SlugRelatedField(slug_field="name", queryset=Site.objects.all())
    cron = serializers.ReadOnlyField(source="minute")
    next_run = serializers.SerializerMethodField()

    class Meta:
        model = Schedule
        fields = ["id", "name", "workflow", "site", "spaces", "minute", "hour", "options", "last_state", "enabled", "cron", "next_run"]

    @described(OpenApiTypes.DATETIME)
    def get_next_run(self, schedule):
        return None if UNTYPED else "2026-01-01T00:00:00.000000Z"


class DatastoreSerializer(serializers.ModelSerializer):
    class Meta:
        model = Datastore
        fields = ["id", "name", "type", "bucket", "accesskey", "secretaccesskey", "connection_string", "sites"]
        extra_kwargs = {"secretaccesskey": {"write_only": True}}


class ActionSerializer(serializers.ModelSerializer):
    user = serializers.SlugRelatedField(slug_field="username", read_only=True)

    class Meta:
        model = Action
        fields = ["id", "action", "user", "state", "results"]
        read_only_fields = ["state", "results"]


AlertSerializer = model(Alert)
ConfigurationsSerializer = model(Configurations, [
    "jobs_ttl", "search_backend", "search_max_results", "stat_timeout", "custom_statistics_tasks", "proxy_password"])
FeatureSerializer = model(Feature, ["name", "description", "enabled"])
PolicySerializer = model(Policy)
QueueSerializer = model(Queue)
SpaceSerializer = model(Space)
WebhookSerializer = model(Webhook)
WorkflowSerializer = model(Workflow)
