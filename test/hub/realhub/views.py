"""The operations of the Hub."""

import time
import uuid

from django.conf import settings
from django.contrib.auth.models import Group, User
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema, extend_schema_view
from rest_framework import mixins, status, views, viewsets
from rest_framework.decorators import action, api_view
from rest_framework.response import Response
from rest_framework_simplejwt.authentication import JWTAuthentication

from . import serializers as s
from .control import outcome
from .models import (Action, Alert, ClientKey, Configurations, Datastore, Feature, Job, Node, Policy, Queue, Schedule, Search, Site,
                     Space, Webhook, Workflow)
from .pages import JobPages

DESCRIBED = settings.HUB.variant == "described"
LATER = settings.HUB.later


def resource(of, serializer, *bases, **more):
    """A view set of a model: all operations, or those of the given mixins."""
    bases = (*bases, viewsets.GenericViewSet) if bases else (viewsets.ModelViewSet,)
    return type(of.__name__ + "View", bases, {"queryset": of.objects.order_by("id"), "serializer_class": serializer, **more})


JWT_ONLY = [JWTAuthentication]
read = (mixins.ListModelMixin, mixins.RetrieveModelMixin)


class SiteView(resource(Site, s.SiteSerializer)):
    @extend_schema(responses=s.SiteHealthSerializer)
    @action(detail=True)
    def health(self, request, pk):
        return Response(site_health(self.get_object()))


def site_health(site):
    nodes = [{"name": node.name, "health": "ok" if node.online else "critical", "online": node.online} for node in site.node_set.all()]
    return {"site": site.name, "health": "ok", "nodes": nodes}


class HealthView(views.APIView):
    @extend_schema(responses=s.HealthSerializer)
    def get(self, request):
        return Response({"overall_health": "ok", "hub_status": {"health": "ok"},
                         "site_status": [site_health(site) for site in Site.objects.all()]})


JOB_FILTERS = [OpenApiParameter("state", str, many=True, explode=True), OpenApiParameter("type", str), OpenApiParameter("site", str),
               OpenApiParameter("created_after", OpenApiTypes.DATETIME), OpenApiParameter("created_before", OpenApiTypes.DATETIME)]


@extend_schema_view(list=extend_schema(parameters=JOB_FILTERS))
class JobView(resource(Job, s.JobSerializer, *read, mixins.DestroyModelMixin, pagination_class=JobPages)):
    def get_queryset(self):
        wanted = {name: self.request.query_params[name] for name in ("type", "site") if name in self.request.query_params}
        jobs = super().get_queryset().filter(**wanted)
        if states := self.request.query_params.getlist("state"):
            jobs = jobs.filter(id__in=[job.id for job in jobs if job.state in states])
        return jobs

    def force(self, state):
        job = self.get_object()
        job.forced = state
        job.save()
        return Response(self.get_serializer(job).data)

    @action(detail=True, methods=["post"])
    def cancel(self, request, pk):
        return self.force("CANCELLED")

    @action(detail=True, methods=["post"])
    def pause(self, request, pk):
        return self.force("PAUSED")

    @extend_schema(request=None, responses={202: None})
    @action(detail=True, methods=["post"])
    def resume(self, request, pk):
        self.force("")
        return Response(status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses=s.TaskSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def tasks(self, request, pk):
        task = {"id": uuid.uuid4(), "name": "dynamo.tasks.migrate", "state": "SUCCESS", "runtime": "1.250", "result": ["done"]}
        return Response(s.TaskSerializer([task], many=True).data)


class FileView(views.APIView):
    @extend_schema(responses=s.FileSerializer, parameters=[
        OpenApiParameter("path", str, required=True), OpenApiParameter("site", str, required=True), OpenApiParameter("details", bool)])
    def get(self, request):
        return Response({"url": request.build_absolute_uri(), "site": request.query_params["site"], "path": request.query_params["path"],
                         "type": "directory", "size": 4096, "ctime": "2025-05-14T12:01:11.995371Z", "mtime": "2025-05-14T12:01:11.995371Z",
                         "children": [{"name": "sample_data.tgz", "type": "file"}]})


@extend_schema_view(post=extend_schema(responses={201: s.JobSerializer}) if DESCRIBED else extend_schema())
class WorkflowSubmissionView(views.APIView):
    serializer_class = s.WorkflowSubmissionSerializer

    def post(self, request):
        wanted = self.serializer_class(data=request.data)
        wanted.is_valid(raise_exception=True)
        job = Job.objects.create(type=request.data["workflow"], site=request.data["site"], owner=request.user, final=outcome(),
                                 submission=request.data)
        return Response(s.JobSerializer(job, context={"request": request}).data, status=status.HTTP_201_CREATED)


class WorkflowView(resource(Workflow, s.WorkflowSerializer)):
    pass


class SearchView(resource(Search, s.SearchSerializer, mixins.CreateModelMixin, mixins.RetrieveModelMixin, mixins.DestroyModelMixin)):
    pass


class FeatureView(resource(Feature, s.FeatureSerializer, *read, mixins.UpdateModelMixin, lookup_field="name")):
    http_method_names = ["get", "patch"]


class ConfigurationsView(views.APIView):
    serializer_class = s.ConfigurationsSerializer

    def get(self, request):
        return Response(self.serializer_class(Configurations.objects.get()).data)

    def patch(self, request):
        changed = self.serializer_class(Configurations.objects.get(), data=request.data, partial=True)
        changed.is_valid(raise_exception=True)
        changed.save()
        return Response(changed.data)


class ActionView(resource(Action, s.ActionSerializer, *read, mixins.CreateModelMixin, authentication_classes=JWT_ONLY)):
    def perform_create(self, serializer):
        serializer.save(user=self.request.user)


class AlertView(resource(Alert, s.AlertSerializer, *read, pagination_class=None)):
    @extend_schema(request=None, responses=None)
    @action(detail=True, methods=["post"])
    def mute(self, request, pk):
        Alert.objects.filter(pk=pk).update(suppressed=True)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ClientKeyView(viewsets.GenericViewSet, mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.DestroyModelMixin):
    queryset = ClientKey.objects.order_by("number")
    serializer_class = s.ClientKeySerializer
    lookup_field = "number"

    def create(self, request):
        wanted = self.get_serializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        last = ClientKey.objects.order_by("-number").first()
        key, secret = ClientKey.objects.create_key(name=wanted.validated_data["name"], owner=request.user, number=last.number + 1 if last else 1)
        key.api_key = secret
        return Response(self.get_serializer(key).data, status=status.HTTP_201_CREATED)


class DatastoreView(resource(Datastore, s.DatastoreSerializer)):
    pass


class ScheduleView(resource(Schedule, s.ScheduleSerializer)):
    @action(detail=True, methods=["post"])
    def run(self, request, pk):
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(responses=PolymorphicProxySerializer("Preview", [s.JobSerializer, s.ScheduleSerializer], resource_type_field_name=None))
    @action(detail=True)
    def preview(self, request, pk):
        return Response(self.get_serializer(self.get_object()).data)


class PolicyView(resource(Policy, s.PolicySerializer)):
    @extend_schema(responses={200: OpenApiTypes.ANY})
    @action(detail=True)
    def simulate(self, request, pk):
        return Response([1, "two", None])


class SpaceView(resource(Space, s.SpaceSerializer)):
    @extend_schema(responses={200: OpenApiTypes.OBJECT})
    @action(detail=True)
    def usage(self, request, pk):
        return Response({"bytes": 1 << 40, "files": [3, 4]})


class UserView(resource(User, s.UserSerializer)):
    @extend_schema(request=s.PasswordSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def set_password(self, request, pk):
        return Response(status=status.HTTP_204_NO_CONTENT)


class GroupView(resource(Group, s.GroupSerializer)):
    pass


class QueueView(resource(Queue, s.QueueSerializer, *read, mixins.UpdateModelMixin, lookup_field="name")):
    pass


class WebhookView(resource(Webhook, s.WebhookSerializer)):
    pass


class NodeView(resource(Node, s.NodeSerializer, *read, mixins.DestroyModelMixin)):
    pass


@extend_schema(responses={200: {"oneOf": [{"type": "object"}, {"type": "array", "items": {}}]}})
@api_view(["GET"])
def statistics(request):
    """Numbers of the Hub."""
    return Response({"jobs": Job.objects.count(), "time": time.time()})


@extend_schema(responses={200: OpenApiTypes.OBJECT})
@api_view(["GET"])
def usage(request, format=None):
    return Response({"format": format})


@extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
@api_view(["GET"])
def support(request):
    return Response({})


class ProfileView(views.APIView):
    serializer_class = s.UserSerializer

    def get(self, request):
        return Response(self.serializer_class(request.user).data)


class EventView(views.APIView):
    """A view whose serializer drf-spectacular cannot guess."""

    def get(self, request):
        return Response([{"event": "started"}])
