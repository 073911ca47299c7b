"""The routes of the Hub, below its prefix."""

import json

from django.conf import settings
from django.http import HttpResponse
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter
from rest_framework.urlpatterns import format_suffix_patterns
from rest_framework_simplejwt import views as jwt

from . import views as v
from .document import written

router = SimpleRouter()
for name, view in {
    "sites": v.SiteView, "nodes": v.NodeView, "jobs": v.JobView, "workflows": v.WorkflowView, "search": v.SearchView,
    "features": v.FeatureView, "actions": v.ActionView, "alerts": v.AlertView, "auth/clientkeys": v.ClientKeyView,
    "datastores": v.DatastoreView, "schedules": v.ScheduleView, "policies": v.PolicyView, "spaces": v.SpaceView, "users": v.UserView,
    "groups": v.GroupView, "queues": v.QueueView, "webhooks": v.WebhookView,
}.items():
    if not (v.LATER and name == "policies"):  # gone in the later release
        router.register(name, view, basename=view.queryset.model.__name__.lower())

api = [
    path("auth/token/", jwt.TokenObtainPairView.as_view()),
    path("auth/token/refresh/", jwt.TokenRefreshView.as_view()),
    path("auth/token/verify/", jwt.TokenVerifyView.as_view()),
    path("file/", v.FileView.as_view()),
    path("file/workflow/", v.WorkflowSubmissionView.as_view()),
    path("configurations/", v.ConfigurationsView.as_view()),
    path("health", v.HealthView.as_view()),
    path("profile/", v.ProfileView.as_view()),
    path("events/", v.EventView.as_view()),
    path("statistics/", v.statistics),
    path("support/", v.support),
    *format_suffix_patterns([path("reports/usage", v.usage)], allowed=["csv", "json"]),
    *router.urls,
    *([path("maintenance/", v.statistics)] if v.LATER else []),
]
prefix = settings.HUB.prefix + "api/"
urlpatterns = [path(prefix, include(api))]


def document(request):
    schema = SpectacularAPIView.as_view(urlconf=urlpatterns[:1])(request).data
    return HttpResponse(json.dumps(written(schema, settings.HUB)), content_type="application/json")


urlpatterns.append(path(prefix + "docs/", document))
