#!/usr/bin/env bash
# Copyright: (c) 2026, flowlogs.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Creates a flow log for each VPC, one call each, and ignores existing ones. Usage: cli_loop.sh AWS BUCKET_ARN VPC...
set -euo pipefail
aws=$1 bucket=$2
shift 2
for vpc in "$@"; do
  said=$("$aws" ec2 create-flow-logs --resource-type VPC --resource-ids "$vpc" --traffic-type ALL \
    --log-destination-type s3 --log-destination "$bucket" 2>&1) || [[ $said == *FlowLogAlreadyExists* ]] || exit 1
done
