"""What a test asks of the Hub beside its API, below /control/: the requests so far, jobs, faults."""

import json
import threading

from django.http import JsonResponse
from django.utils import timezone

from .models import Job

lock = threading.Lock()
requests, outcomes = [], []


class Recorder:
    """Middleware that records each request, and answers those below /control/."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path.startswith("/control/"):
            return JsonResponse(control(request.path.removeprefix("/control/"), request), safe=False)
        response = self.get_response(request)
        with lock:
            requests.append({"Method": request.method, "Path": request.path, "Status": response.status_code})
        return response


def control(what, request):
    body = json.loads(request.body or b"null")
    if what == "requests":
        with lock:
            return list(requests)
    if what == "clear":
        with lock:
            requests.clear()
    if what == "fail":  # the next jobs end with a failure
        with lock:
            outcomes.extend(["FAILURE"] * body)
    if what == "seed":  # jobs that ended long ago
        Job.objects.bulk_create(Job(type=one["type"], site=one["site"], forced=one["state"], created=timezone.now()) for one in body)
    return [{"id": job.id, "submission": job.submission} for job in Job.objects.all()]


def outcome():
    with lock:
        return outcomes.pop(0) if outcomes else "SUCCESS"
