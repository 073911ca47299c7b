"""Django's settings, as the command line asks for them."""

import datetime

from django.conf import settings


def configure(options, database):
    rest = {
        "DEFAULT_AUTHENTICATION_CLASSES": [
            "rest_framework_simplejwt.authentication.JWTAuthentication", "realhub.access.ClientKeyAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PAGINATION_CLASS": "realhub.pages.Pages",
        "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    }
    settings.configure(
        DEBUG=False, SECRET_KEY="for testing only, " + "0" * 32, ALLOWED_HOSTS=["*"], ROOT_URLCONF="realhub.urls",
        INSTALLED_APPS=[
            "django.contrib.auth", "django.contrib.contenttypes", "rest_framework", "rest_framework_api_key",
            "rest_framework_simplejwt", "rest_framework_simplejwt.token_blacklist", "drf_spectacular", "realhub"],
        MIDDLEWARE=["realhub.control.Recorder", "django.middleware.common.CommonMiddleware"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": database, "OPTIONS": {"timeout": 20}}},
        DEFAULT_AUTO_FIELD="django.db.models.AutoField", USE_TZ=True, TIME_ZONE="UTC",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],  # fast
        LANGUAGE_CODE=options.language, USE_I18N=True, REST_FRAMEWORK=rest,
        SIMPLE_JWT={
            "ACCESS_TOKEN_LIFETIME": datetime.timedelta(seconds=options.access_ttl),
            "ROTATE_REFRESH_TOKENS": options.rotate, "BLACKLIST_AFTER_ROTATION": options.rotate,
            "UPDATE_LAST_LOGIN": False,
        },
        SPECTACULAR_SETTINGS={"TITLE": "Hub", "VERSION": options.release, "SERVE_PERMISSIONS": [],
                              "COMPONENT_SPLIT_REQUEST": options.variant == "split"},
        HUB=options,
    )
