#!/usr/bin/env bash
# A whole consumer of the bridge with curl and jq: each record becomes one file, whatever breaks on the way.
#
#   consumer.sh sandbox.json FOLDER [LEASE-SECONDS]
#
# Ends when there is nothing more. The file is the case; its name is the record's id, so that it is there once.
set -euo pipefail
facts=$1 folder=$2 lease=${3:-300}
address=$(jq -r .address "$facts") token=$(jq -r .token "$facts") name=$(jq -r .subscription "$facts")
mkdir -p "$folder"

# Repeats until there is an answer: a request of a consumer does no harm when it arrives twice.
ask() {
    curl --silent --show-error --fail --retry 20 --retry-all-errors --retry-delay 1 --max-time 40 \
        --header "Authorization: Bearer $token" --json "$2" "$address/v1/subscriptions/$name/$1" 2>/dev/null
}

idle=0
while [ "$idle" -lt 3 ]; do
    answer=$(ask claims "{\"limit\": 1, \"leaseSeconds\": $lease, \"waitSeconds\": 5}")
    id=$(jq -r '.items[0].record.id // empty' <<<"$answer")
    if [ -z "$id" ]; then
        idle=$((idle + 1))
        continue
    fi
    idle=0
    # Process first: written aside, then named. A second time it only finds that it is there.
    if [ ! -e "$folder/$id.json" ]; then
        jq '.items[0].record' <<<"$answer" >"$folder/.$id.$$"
        sync "$folder/.$id.$$"
        mv "$folder/.$id.$$" "$folder/$id.json"
        sync "$folder"
    fi
    # Then acknowledge, with the receipt.
    ask acknowledgements "$(jq --arg case "file-$id" \
        '{items: [{leaseId: .items[0].leaseId, outcome: "done", caseId: $case, system: "files"}]}' <<<"$answer")" >/dev/null
done
