-- The last runs of each job.
CREATE TABLE job_runs (
  id       {{.ID}},
  job      VARCHAR(60)  NOT NULL,
  node     VARCHAR(40)  NOT NULL, -- the process that ran it
  began_at {{.Time}}    NOT NULL,
  ended_at {{.Time}}    NOT NULL,
  error    VARCHAR(500) NOT NULL  -- empty when it went well
  {{- .Index "job_runs_job" "job_runs" "job, id"}}
) {{.Table}};
