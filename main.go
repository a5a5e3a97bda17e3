// Portal is the portal's server and every tool for it, in one program.
package main

import (
	"os"
	_ "time/tzdata" // people's zones are known on machines without a zone database too

	"portal/app/command"
	"portal/features"
)

func main() {
	os.Exit(command.Run(os.Args[1:], command.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, features.All))
}
