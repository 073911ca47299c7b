"""Starts the Hub on loopback and prints its address."""

import argparse
import os
import socketserver
import sys
import tempfile

VARIANTS = ["plain", "described", "untyped", "split", "swagger2", "openapi31"]


def arguments():
    parser = argparse.ArgumentParser(prog="realhub", description=__doc__)
    parser.add_argument("--variant", choices=VARIANTS, default="plain", help="how the document describes the Hub")
    parser.add_argument("--access-ttl", type=float, default=2, help="lifetime of access tokens in seconds")
    parser.add_argument("--rotate", action="store_true", help="each refresh makes a new refresh token, and ends the old one")
    parser.add_argument("--language", default="en", help="language of the error texts")
    parser.add_argument("--prefix", default="", help="path of the Hub, such as hub/")
    parser.add_argument("--later", action="store_true", help="a later release: some operations are gone, others new")
    parser.add_argument("--write", action="store_true", help="print the document and end")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    options.release = "2.11.0" if options.later else "2.10.3"
    return options


def seed():
    from django.contrib.auth.models import Group, User

    from . import models as m
    User.objects.create_superuser("dfoster", password="secret").groups.add(Group.objects.create(name="Administrators"))
    for name in ("dfoster1", "dfoster2"):
        site = m.Site.objects.create(name=name)
        m.Node.objects.create(name=name + "-node1", site=site)
        m.Queue.objects.create(name=name + "-default", site=site)
    for name in ("migrate", "premigrate", "recall", "send", "site_sync"):
        m.Workflow.objects.create(name=name, label=name.title(), icon_classes=["fa fa-cog"], discovery="recursive", fields=[],
                                  filter_rules=[{"state": "all", "type": "all", "action": [{"name": "dynamo.tasks." + name}]}])
    for name in ("searchui", "bandwidth_controls"):
        m.Feature.objects.create(name=name, enabled=True)
    m.Configurations.objects.create()
    m.Alert.objects.create(name="SiteHealth", site="dfoster1", severity="INFO", summary="No workers are joined")


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as folder:
        from . import settings
        settings.configure(options, os.path.join(folder, "hub.sqlite3"))
        import django
        from django.core.management import call_command
        django.setup()
        call_command("migrate", run_syncdb=True, verbosity=0)
        seed()
        if options.write:
            from django.test import RequestFactory

            from .urls import document
            sys.stdout.write(document(RequestFactory().get("/")).content.decode())
            return
        serve(options)


def serve(options):
    from django.core.servers.basehttp import WSGIRequestHandler, WSGIServer
    from django.core.wsgi import get_wsgi_application

    class Quiet(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

    class Threaded(socketserver.ThreadingMixIn, WSGIServer):
        daemon_threads = True
        request_queue_size = 128

    with Threaded(("127.0.0.1", options.port), Quiet) as server:
        server.set_app(get_wsgi_application())
        print(f"listening on http://127.0.0.1:{server.server_address[1]}/{options.prefix}", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass


main()
