package command

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"portal/app/auth"
)

// secretFlags say where a password comes from. It is never an argument: those are seen by everybody on the machine.
type secretFlags struct{ stdin, link bool }

func (f *secretFlags) declare(c *cobra.Command) {
	c.Flags().BoolVar(&f.stdin, "password-stdin", false, "read the password from the standard input, one line")
	c.Flags().BoolVar(&f.link, "link", false, "print a link by which the person sets the password")
}

// errNoPassword means that none was chosen, so the person gets a link.
var errNoPassword = errors.New("no password was chosen")

// secret reads the new password of an account with those names: a line of the standard input, or asked for twice.
// Errors: errNoPassword when there is none; a sentence when it is weak.
func (t *tool) secret(f secretFlags, own ...string) (string, error) {
	var password string
	var err error
	switch {
	case f.link && f.stdin:
		return "", wrongly("-link and -password-stdin exclude each other; write one of them")
	case f.stdin:
		password, err = t.line()
	case f.link || !term.IsTerminal(int(t.In.Fd())):
		return "", errNoPassword
	default:
		password, err = t.ask()
	}
	if err != nil {
		return "", err
	}
	if why := auth.Weak(password, own...); why != "" {
		return "", fmt.Errorf("this password can't be chosen: %s", why)
	}
	return password, nil
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
func (t *tool) ask() (string, error) {
	first, err := t.hidden("Password (empty for a link to set it by): ")
	if err != nil {
		return "", err
	}
	if first == "" {
		return "", errNoPassword
	}
	again, err := t.hidden("Again: ")
	if err != nil {
		return "", err
	}
	if first != again {
		return "", errors.New("the two passwords differ; nothing was changed")
	}
	return first, nil
}

func (t *tool) hidden(question string) (string, error) {
	t.tell(question)
	typed, err := term.ReadPassword(int(t.In.Fd()))
	t.tell("\n")
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return string(typed), nil
}
