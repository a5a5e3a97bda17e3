// Package demo makes up a believable department. It is pure: it knows no database.
package demo

// Department is everybody and everything in it.
type Department struct{}
