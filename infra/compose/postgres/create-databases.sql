-- Run by PostgreSQL's image when its volume is new: a role for each service, with databases that nobody else may open.
\getenv mlflow_password MLFLOW_DATABASE_PASSWORD
\getenv api_password API_DATABASE_PASSWORD
\getenv logging_password LOGGING_DATABASE_PASSWORD

CREATE ROLE mlflow LOGIN PASSWORD :'mlflow_password';
CREATE ROLE api LOGIN PASSWORD :'api_password';
CREATE ROLE logging LOGIN PASSWORD :'logging_password';

CREATE DATABASE mlflow_db OWNER mlflow;
CREATE DATABASE mlflow_auth_db OWNER mlflow;
CREATE DATABASE api_db OWNER api;
CREATE DATABASE logging_db OWNER logging;
REVOKE CONNECT ON DATABASE mlflow_db, mlflow_auth_db, api_db, logging_db FROM PUBLIC;
