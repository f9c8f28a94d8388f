"""The public process."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.dev")
os.environ["JARCHY_PROCESS"] = "public"

application = get_wsgi_application()
