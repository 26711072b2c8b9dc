-- The laptop's stand-in for the Oracle schemas MMDL and WMS: plan waivers of a warehouse.
-- Names are quoted, because Oracle keeps them in upper case and PostgreSQL would not.
CREATE SCHEMA IF NOT EXISTS "MMDL";
CREATE SCHEMA IF NOT EXISTS "WMS";

CREATE OR REPLACE FUNCTION "WMS".set_times() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW."SYS_ADD_TS" := coalesce(NEW."SYS_ADD_TS", clock_timestamp());
    END IF;
    NEW."SYS_UPD_TS" := clock_timestamp();
    RETURN NEW;
END
$$;

DO $$
DECLARE
    owner text;
BEGIN
    FOREACH owner IN ARRAY ARRAY['MMDL', 'WMS'] LOOP
        EXECUTE format($ddl$
            CREATE TABLE IF NOT EXISTS %1$I."PLAN_BASE_WVR_TBL" (
                "PLAN_WVR_ID"   numeric(12)  PRIMARY KEY,
                "WHSE_ID"       varchar(8)   NOT NULL,
                "PLAN_NBR"      varchar(20)  NOT NULL,
                "WVR_TYP_CD"    varchar(4)   NOT NULL,
                "STAT_CD"       varchar(10)  NOT NULL,
                "PRTY_NBR"      numeric(3)   NOT NULL DEFAULT 50,
                "ITEM_ID"       numeric(10),
                "PLAN_QTY"      numeric(14,3),
                "TOLRNC_PCT"    numeric(5,2),
                "WEIGHT_KG"     numeric,
                "PLAN_STRT_DT"  date         NOT NULL,
                "PLAN_END_DT"   date,
                "RELEASED_TS"   timestamp(6),
                "HOT_FLG"       char(1)      NOT NULL DEFAULT 'N',
                "NOTE_TXT"      text,
                "ADD_USER_ID"   varchar(30)  NOT NULL,
                "SYS_ADD_TS"    timestamp(6) NOT NULL,
                "SYS_UPD_TS"    timestamp(6) NOT NULL,
                CHECK ("HOT_FLG" IN ('Y', 'N'))
            )$ddl$, owner);
        EXECUTE format($ddl$
            CREATE TABLE IF NOT EXISTS %1$I."PLAN_WVR_RVSN_TBL" (
                "PLAN_WVR_ID"   numeric(12)  NOT NULL,
                "RVSN_NBR"      numeric(4)   NOT NULL,
                "RVSN_RSN_CD"   varchar(6)   NOT NULL,
                "STAT_CD"       varchar(10)  NOT NULL,
                "OLD_QTY"       numeric(14,3),
                "NEW_QTY"       numeric(14,3),
                "EFF_DT"        date         NOT NULL,
                "APPROVED_TS"   timestamp(3),
                "APPROVED_BY"   varchar(30),
                "RVSN_TXT"      text,
                "SYS_ADD_TS"    timestamp(6) NOT NULL,
                "SYS_UPD_TS"    timestamp(6) NOT NULL,
                PRIMARY KEY ("PLAN_WVR_ID", "RVSN_NBR")
            )$ddl$, owner);
        EXECUTE format('CREATE OR REPLACE TRIGGER set_times BEFORE INSERT OR UPDATE ON'
            ' %1$I."PLAN_BASE_WVR_TBL" FOR EACH ROW EXECUTE FUNCTION "WMS".set_times()', owner);
        EXECUTE format('CREATE OR REPLACE TRIGGER set_times BEFORE INSERT OR UPDATE ON'
            ' %1$I."PLAN_WVR_RVSN_TBL" FOR EACH ROW EXECUTE FUNCTION "WMS".set_times()', owner);
        EXECUTE format('ALTER TABLE %1$I."PLAN_BASE_WVR_TBL" REPLICA IDENTITY FULL', owner);
        EXECUTE format('ALTER TABLE %1$I."PLAN_WVR_RVSN_TBL" REPLICA IDENTITY FULL', owner);
    END LOOP;
END
$$;
