"""Piccolo's entry point (PICCOLO_CONF=app.piccolo_conf)."""

from piccolo.conf.apps import AppRegistry

from app.lib.db import DB

APP_REGISTRY = AppRegistry(apps=["app.piccolo_app"])
