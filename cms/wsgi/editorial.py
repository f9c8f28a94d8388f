"""The editorial process."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.dev")
os.environ["JARCHY_PROCESS"] = "editorial"

application = get_wsgi_application()
