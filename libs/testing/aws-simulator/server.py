"""moto's server with the gaps filled that the AWS Terraform provider falls into: `python server.py -H … -p …`."""

import sys

import gaps.application_autoscaling
import gaps.backup
import gaps.budgets
import gaps.cloudformation
import gaps.cloudwatch
import gaps.ec2
import gaps.ecr
import gaps.ecs
import gaps.elasticache
import gaps.elbv2
import gaps.logs
import gaps.rds
import gaps.s3
import gaps.servicequotas  # noqa: F401 - importing a module fills its gaps
import sending_again  # noqa: F401
from moto.server import main

if __name__ == "__main__":
    main(sys.argv[1:])
