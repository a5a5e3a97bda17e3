package app

import (
	"runtime"
	"runtime/debug"
)

// Build is what is known of how this program was made.
type Build struct {
	Version  string `json:"version"`            // of the portal; "devel" when it was built from a working copy
	Commit   string `json:"commit,omitempty"`   // empty when it was built outside a repository
	At       string `json:"at,omitempty"`       // of the commit, RFC 3339
	Modified bool   `json:"modified,omitempty"` // files differed from the commit
	Go       string `json:"go"`
	System   string `json:"system"` // linux/amd64
}

// BuildInfo reads what the compiler wrote into the program.
func BuildInfo() Build {
	b := Build{Version: "devel", Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.Version = v
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.time":
			b.At = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}
