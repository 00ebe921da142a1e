"""The policy of processing against what there is, and the documents that follow from it: record of processing, draft DPIA, AI Act file."""
