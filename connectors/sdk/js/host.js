// The contract's imports, in one place.

import credentials from "countersign:connector/credentials@1.0.0";
import http from "countersign:connector/http@1.0.0";
import log from "countersign:connector/log@1.0.0";

export { credentials, http, log };
