// Package demo makes up a believable department. It is pure: it knows no database.
package demo

// Department is everybody and everything in it.
type Department struct{}

// Options are the department's size. // merged from the demo branch
type Options struct {
	Users, Projects, Tasks int
	Password               string
}

// Summary is what was made. // merged from the demo branch
type Summary struct {
	Users, Projects, Tasks, Comments int
	Password                         string
}
