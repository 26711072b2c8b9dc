#!/bin/sh
# What a DBA runs for the connector: the script of `wms-connector preflight --sql`, as it is printed.
# Run twice: the second time must change nothing and fail nowhere.
set -eu
for _ in 1 2; do
    printf '%s\n' "$WMS_CONNECTOR_ORACLE_PASSWORD" | sqlplus -s / as sysdba @/opt/wms/connector.sql
done
touch /tmp/wms-is-set-up
