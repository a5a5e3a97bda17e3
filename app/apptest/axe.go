package apptest

import _ "embed" // of the file below

// Axe is axe-core, which looks for what keeps people with disabilities out. https://github.com/dequelabs/axe-core
//
//go:embed axe.min.js
var Axe string
