"""The site's own settings, as the suite runs them."""

import os

os.environ["APP_ENV"] = "test"

from painconsult.settings import *
