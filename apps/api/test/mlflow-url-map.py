"""Every route of the installed MLflow server with basic authentication, as one JSON list of [method, path]."""

import json
import os
import tempfile

os.environ["MLFLOW_FLASK_SERVER_SECRET_KEY"] = "only to build the routes"

with tempfile.TemporaryDirectory() as folder:
    config = os.path.join(folder, "basic_auth.ini")
    with open(config, "w") as file:
        file.write(
            "[mlflow]\n"
            "default_permission = NO_PERMISSIONS\n"
            f"database_uri = sqlite:///{folder}/auth.db\n"
            "admin_username = admin\n"
            "admin_password = a-long-password\n"
            "authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n"
        )
    os.environ["MLFLOW_AUTH_CONFIG_PATH"] = config

    from mlflow.server import app, auth
    from mlflow.server.fastapi_app import create_fastapi_app

    auth.create_app(app)
    routes = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"OPTIONS", "HEAD"}
    }

    def add_routes(router, prefix=""):
        for route in router.routes:
            included = getattr(route, "original_router", None)
            if included is not None:
                add_routes(included, prefix + route.include_context.prefix)
            for method in getattr(route, "methods", None) or ():
                routes.add((method, prefix + route.path))

    add_routes(create_fastapi_app(app))

print(json.dumps(sorted(routes)))
