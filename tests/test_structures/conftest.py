"""mmdet's masks find RoIAlign only where the ops are there before them."""

import projects.fashion_attr.plugin  # noqa: F401
