// SPDX-License-Identifier: Apache-2.0
#include "client/cli/parser_trace.h"

#include <memory>
#include <string>

#include "client/cli/parser_verb.h"
#include "client/cli/trace.h"

namespace firmbench::cli {
namespace {

template <typename Options>
void AddMask(CLI::App& verb, Options& options) {
  verb.add_flag("--mask-serials", options.mask,
                "Replace the serial numbers of the drive and its unit by X");
  verb.add_flag("--force", options.force, "Replace a file that exists");
}

}  // namespace

void AddProbe(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<ProbeOptions>();
  CLI::App& verb =
      Verb(app, invocation, "probe",
           "Asks a drive what it is and what it can, known or not, with commands that cannot "
           "write: each is named with the evidence for it before any is sent, and its answer, "
           "sense and time are reported. With -o everything is in one file, to be sent to who "
           "can make something of it",
           "  firmbench probe bay-1\n"
           "  firmbench probe bay-1 --dry-run\n"
           "  firmbench probe bay-2 -o drive.capsule --mask-serials\n"
           "  firmbench probe bay-2 --output json\n",
           options, RunProbe);
  verb.add_option("DRIVE", options->drive, "Which drive")->required();
  verb.add_option("-o,--file", options->file, "Also write a capsule into this new file");
  verb.add_flag("--dry-run", options->dry_run, "Show what would be sent and stop");
  AddMask(verb, *options);
}

void AddJobTraces(CLI::App& job, Invocation& invocation) {
  const auto trace = std::make_shared<TraceOptions>();
  CLI::App& trace_verb =
      Verb(job, invocation, "trace", "What a job sent to its drive and what the drive answered",
           "  firmbench job trace 01jd9rd3q5e8n2x4z7w0k6m1hb\n"
           "  firmbench job trace 01jd9rd3q5e8n2x4z7w0k6m1hb --full -o flash.trace\n",
           trace, RunJobTrace);
  trace_verb.add_option("JOB", trace->job, "Which job")->required();
  trace_verb.add_option("-o,--file", trace->file, "Write it into this new file");
  trace_verb.add_flag("--full", trace->full, "With every byte that was kept, not their hashes");
  AddMask(trace_verb, *trace);

  const auto capsule = std::make_shared<TraceOptions>();
  CLI::App& capsule_verb =
      Verb(job, invocation, "capsule",
           "Packs a job into one file: plan, trace, versions and findings. It can be sent, and "
           "take the drive's place on a simulated bench",
           "  firmbench job capsule 01jd9rd3q5e8n2x4z7w0k6m1hb -o job.capsule\n"
           "  firmbench job capsule 01jd9rd3q5e8n2x4z7w0k6m1hb -o job.capsule --mask-serials\n",
           capsule, RunJobCapsule);
  capsule_verb.add_option("JOB", capsule->job, "Which job")->required();
  capsule_verb.add_option("-o,--file", capsule->file, "The new file")->required();
  AddMask(capsule_verb, *capsule);
}

}  // namespace firmbench::cli
