export const OPERATIONS_HELP = `Usage: tidegate <command> <environment> … [options]

  status <env> [service]         services, deployments, tasks, targets, images, last events
    --watch                      again and again, every --interval (default 5s), until Ctrl-C
  logs <env> <service>           log lines of all its tasks, by time
    --since <time>               how far back: 30s, 10m, 2h, 1d; default 10m
    -f, --follow                 and what comes, until Ctrl-C
  diagnose <env> <service>       what is wrong, the likely cause, the remedy
    --since <time>               how far back the log is searched; default 1h
  rollback <env> <service>       run the revision before the current one
    --to <revision>              or this one
  redeploy <env> <service>       replace all its tasks by new ones of the same revision
  stop-task <env> <task>         stop one task; its service starts another
  scale <env> <service> <count>  run so many tasks
    --yes                        do not ask (of the four above)
    --timeout <time>             how long to wait until all is stable; default 20m
  drift <env>                    whether AWS still is what infra/aws says
  doctor <env>                   before a deployment: what would go wrong, and the remedy
  cost <env>                     what a month costs, item by item

  --json                         for programs
  --project <name>               first part of every name; default tidegate (not of drift, doctor, cost: infra/aws knows it)
  --region <region>              default: AWS_REGION, else eu-west-2 (not of these three)

Exit codes: 0 well, 1 the command failed, 2 it found something (status, diagnose: not healthy; drift: a difference; doctor: a problem).`;
