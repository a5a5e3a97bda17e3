// Package command is what can be typed after the word portal: the server, and the tools for who runs it.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"portal/app/fault"
	"portal/app/feature"
)

// Streams are where a command reads and writes.
type Streams struct {
	In  *os.File
	Out *os.File
	Err io.Writer
}

// What a command ends with.
const (
	exitWell   = 0
	exitFailed = 1
	exitUsage  = 2 // it was written wrongly; nothing was done
)

// tool is what all commands share.
type tool struct {
	Streams
	features []feature.New
	json     bool
}

// Run does what the arguments say and returns what the program ends with.
// Whatever goes wrong is one sentence on the error stream.
func Run(args []string, s Streams, features []feature.New) int {
	t := &tool{Streams: s, features: features}
	ctx, stop := interruptible(s.Err)
	defer stop()
	root := t.root()
	root.SetArgs(longFlags(args))
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitWell
	}
	t.tell("portal: " + sentence(err) + "\n")
	var wrong usage
	if errors.As(err, &wrong) {
		return exitUsage
	}
	return exitFailed
}

// interruptible is a context that the first signal to stop ends; the second ends the program at once.
func interruptible(said io.Writer) (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		<-signals
		_, _ = io.WriteString(said, "portal: stopped at once, as asked twice\n")
		os.Exit(exitFailed)
	}()
	return ctx, func() { signal.Stop(signals); cancel() }
}

// root is the command portal itself, which serves.
func (t *tool) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "portal",
		Short:         "The portal's server, and every tool for it",
		SilenceErrors: true, SilenceUsage: true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		Args:              cobra.ArbitraryArgs, // refused below, in our words
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknown(c, args[0])
			}
			return t.serve(c.Context())
		},
	}
	root.SetFlagErrorFunc(wrongFlag)
	root.PersistentFlags().BoolVar(&t.json, "json", false, "print JSON")
	root.SetHelpCommand(helpCommand())
	root.AddCommand(t.serveCommand(), t.demoCommand(), t.importCommand(), t.userCommand(), t.roleCommand(), t.migrateCommand(),
		t.routeCommand(), t.sessionCommand(), t.auditCommand(), t.cacheCommand(), t.jobCommand(), t.mailCommand(), t.searchCommand(),
		t.backupCommand(), t.restoreCommand(), t.secretCommand(), t.doctorCommand(), t.versionCommand(), t.benchCommand(), t.floorCommand())
	return root
}

// usage is a command that was written wrongly.
type usage struct{ said string }

// Error is the whole sentence.
func (u usage) Error() string { return u.said }

func wrongly(sentence string, args ...any) error { return usage{fmt.Sprintf(sentence, args...)} }

// unknown says that there is no such command, and which one may be meant.
func unknown(c *cobra.Command, word string) error {
	said := fmt.Sprintf("there is no command “%s %s”", c.CommandPath(), word)
	c.SuggestionsMinimumDistance = 2
	if near := c.SuggestionsFor(word); len(near) > 0 {
		return wrongly("%s; do you mean “%s %s”?", said, c.CommandPath(), near[0])
	}
	return wrongly("%s; %s -help lists what there is", said, c.CommandPath())
}

// wrongFlag says in our words which flag was written wrongly.
func wrongFlag(c *cobra.Command, err error) error {
	var missing *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var value *pflag.InvalidValueError
	switch {
	case errors.As(err, &missing):
		return wrongly("there is no flag -%s of “%s”; %s -help lists what there is", missing.GetSpecifiedName(), c.CommandPath(), c.CommandPath())
	case errors.As(err, &bare):
		return wrongly("the flag -%s of “%s” needs a value after it", bare.GetSpecifiedName(), c.CommandPath())
	case errors.As(err, &value):
		return wrongly("-%s: “%s” can't be used; %s -help says what can", value.GetFlag().Name, value.GetValue(), c.CommandPath())
	}
	return wrongly("“%s” can't be read (%s); %s -help shows how it is written", c.CommandPath(), err, c.CommandPath())
}

// group is a command that only holds others.
func group(name, short string, inner ...*cobra.Command) *cobra.Command {
	g := &cobra.Command{
		Use: name, Short: short, Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknown(c, args[0])
			}
			var names []string
			for _, one := range c.Commands() {
				if !one.Hidden && one.Name() != "help" {
					names = append(names, one.Name())
				}
			}
			return wrongly("%s needs one more word: %s", c.CommandPath(), strings.Join(names, ", "))
		},
	}
	g.AddCommand(inner...)
	return g
}

// helpCommand shows how a command is written.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use: "help [command]", Short: "Show how a command is written", Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			asked, rest, err := c.Root().Find(args)
			if err != nil {
				return err
			}
			if len(rest) > 0 {
				return unknown(asked, rest[0])
			}
			return asked.Help()
		},
	}
}

// words refuses any other number of arguments than the named ones.
func words(names ...string) cobra.PositionalArgs { return wordsFrom(len(names), names...) }

// wordsFrom does so too, but only the first few must be there.
func wordsFrom(least int, names ...string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) > len(names):
			return wrongly("%s: “%s” is one word too many; %s -help shows how it is written", c.CommandPath(), args[len(names)], c.CommandPath())
		case len(args) < least:
			return wrongly("%s needs %s; write %s", c.CommandPath(), names[len(args)], c.UseLine())
		}
		return nil
	}
}

// longFlags lets flags be written with one dash or two: -name is --name.
func longFlags(args []string) []string {
	all := make([]string, len(args))
	copy(all, args)
	for i, a := range all {
		if a == "--" {
			break
		}
		if len(a) > 2 && a[0] == '-' && a[1] >= 'a' && a[1] <= 'z' {
			all[i] = "-" + a
		}
	}
	return all
}

// sentence is what a person is shown of an error: one line.
func sentence(err error) string {
	said := err.Error()
	if errors.Is(err, context.Canceled) {
		return "stopped before the end, as asked"
	}
	var f *fault.Error
	if errors.As(err, &f) && f.Kind != fault.Broken {
		said = f.Public
	}
	return strings.Join(strings.Fields(said), " ")
}
