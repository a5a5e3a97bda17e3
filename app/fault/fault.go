// Package fault says what can go wrong in words a person may read.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind is the sort of a fault; it alone decides the HTTP status.
type Kind int

// The kinds. Broken is the zero value: whatever nobody foresaw.
const (
	Broken      Kind = iota // 500
	NotFound                // 404, also for what the viewer may not know of
	SignIn                  // 303 or 401: nobody is signed in
	Forbidden               // 403
	Conflict                // 409: somebody else was faster
	Invalid                 // 422, with the wrong fields
	TooLarge                // 413
	TooMany                 // 429, with Wait
	Away                    // 503: the database or another part does not answer
	Unsupported             // 415: the body is of a type no form sends
	Unsure                  // 504: the database went away in the middle of a write; nobody knows whether it was kept
)

// Error is an error with a kind. Public is a whole sentence without internals.
type Error struct {
	Kind   Kind
	Public string
	Fields map[string]string // by form field name; set only when Kind is Invalid
	Wait   time.Duration     // how long to wait before trying again; set only when Kind is TooMany
	Cause  error             // for the log; may be nil
}

// Error is what the log shows: the public sentence and the cause.
func (e *Error) Error() string {
	if e.Cause != nil {
		return e.Public + ": " + e.Cause.Error()
	}
	return e.Public
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// New makes a fault of kind with a sentence for the person.
func New(kind Kind, sentence string, args ...any) *Error {
	return &Error{Kind: kind, Public: fmt.Sprintf(sentence, args...)}
}

// Field makes an Invalid fault for one form field.
func Field(name, sentence string, args ...any) *Error {
	said := fmt.Sprintf(sentence, args...)
	return &Error{Kind: Invalid, Public: said, Fields: map[string]string{name: said}}
}

// Because gives the fault its cause, for the log, and returns it.
func (e *Error) Because(cause error) *Error {
	e.Cause = cause
	return e
}

// Of is the fault within err; any other error is Broken with err as its cause.
func Of(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Kind: Broken, Public: "Something went wrong on our side.", Cause: err}
}

// Wrong is what a form shows of err, by field: of a fault that belongs to no field, such as a Conflict, its sentence at ""; nil for none.
func Wrong(err error) map[string]string {
	if err == nil {
		return nil
	}
	f := Of(err)
	if len(f.Fields) == 0 {
		return map[string]string{"": f.Public}
	}
	return f.Fields
}

// Is reports whether err is a fault of kind.
func Is(err error, kind Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == kind
}
