package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"portal/app/auth"
)

// passwordFlags say where a password comes from. It is never an argument: those are seen by everybody on the machine.
type passwordFlags struct{ stdin, link bool }

func (f *passwordFlags) declare(c *cobra.Command) {
	c.Flags().BoolVar(&f.stdin, "password-stdin", false, "read the password from the standard input, one line")
	c.Flags().BoolVar(&f.link, "link", false, "print a link by which the person sets the password")
}

// errNoPassword means that none was chosen, so the person gets a link.
var errNoPassword = errors.New("no password was chosen")

// password reads the new password of an account with those names: a line of the standard input, or asked for twice.
// Errors: errNoPassword when there is none; a sentence when it is weak.
func (t *tool) password(ctx context.Context, f passwordFlags, own ...string) (string, error) {
	var typed string
	var err error
	switch {
	case f.link && f.stdin:
		return "", wrongly("-link and -password-stdin exclude each other; write one of them")
	case f.stdin:
		typed, err = t.line()
	case f.link || !term.IsTerminal(int(t.In.Fd())):
		return "", errNoPassword
	default:
		typed, err = t.ask(ctx)
	}
	if err != nil {
		return "", err
	}
	if why := auth.Weak(typed, own...); why != "" {
		return "", fmt.Errorf("this password can't be chosen: %s", why)
	}
	return typed, nil
}

// line is the first line of the standard input, as it is.
func (t *tool) line() (string, error) {
	text, err := bufio.NewReader(io.LimitReader(t.In, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password from the standard input: %w", err)
	}
	text = strings.TrimRight(text, "\r\n")
	if text == "" {
		return "", wrongly("-password-stdin: the standard input holds no password; write it there, as one line")
	}
	return text, nil
}

// ask asks twice at the terminal, without showing what is typed.
func (t *tool) ask(ctx context.Context) (string, error) {
	first, err := t.hidden(ctx, "Password (empty for a link to set it by): ")
	if err != nil {
		return "", err
	}
	if first == "" {
		return "", errNoPassword
	}
	again, err := t.hidden(ctx, "Again: ")
	if err != nil {
		return "", err
	}
	if first != again {
		return "", errors.New("the two passwords differ; nothing was changed")
	}
	return first, nil
}

// hidden asks one question. Who stops the program meanwhile gets a terminal back that shows what is typed.
func (t *tool) hidden(ctx context.Context, question string) (string, error) {
	terminal := int(t.In.Fd())
	before, err := term.GetState(terminal)
	if err != nil {
		return "", fmt.Errorf("ask for the password: %w", err)
	}
	type reply struct {
		typed []byte
		err   error
	}
	replied := make(chan reply, 1)
	t.tell(question)
	go func() {
		typed, err := term.ReadPassword(terminal)
		replied <- reply{typed, err}
	}()
	select {
	case <-ctx.Done():
		t.tell("\n")
		return "", errors.Join(ctx.Err(), term.Restore(terminal, before))
	case r := <-replied:
		t.tell("\n")
		if r.err != nil {
			return "", fmt.Errorf("read the password: %w", r.err)
		}
		return string(r.typed), nil
	}
}
