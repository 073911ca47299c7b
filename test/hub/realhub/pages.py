"""Pages of lists."""

from django.conf import settings
from django.db.models import Count
from rest_framework import pagination

from .models import Job


class Pages(pagination.PageNumberPagination):
    page_size = 10
    page_size_query_param = "page_size"
    max_page_size = 100


class JobPages(Pages):
    """Pages with counts. Only the well described Hub documents them."""

    def get_paginated_response(self, data):
        response = super().get_paginated_response(data)
        states = {}
        for job in Job.objects.all():
            states[job.state] = states.get(job.state, 0) + 1
        counted = {name: {row[name]: row["n"] for row in Job.objects.values(name).annotate(n=Count("id"))} for name in ("type", "site")}
        response.data["stats"] = {"type": counted["type"], "state": states, "created": {}, "site": counted["site"]}
        return response

    def get_paginated_response_schema(self, schema):
        page = super().get_paginated_response_schema(schema)
        if settings.HUB.variant == "described":
            numbers = {"type": "object", "additionalProperties": {"type": "integer"}}
            page["properties"]["stats"] = {"type": "object", "properties": {
                "type": numbers, "state": numbers, "site": numbers, "created": {"type": "object", "additionalProperties": {}}}}
        return page
