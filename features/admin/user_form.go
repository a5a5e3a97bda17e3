package admin

import "portal/app/auth"

// userForm is what a form says of an account.
type userForm struct {
	Username       string   `form:"username"`
	Name           string   `form:"name"`
	Email          string   `form:"email"`
	Phone          string   `form:"phone"`
	EmployeeNumber string   `form:"employee_number"`
	Zone           string   `form:"zone"`
	Roles          []string `form:"roles"` // of a new account only
	Mail           bool     `form:"mail"`  // of a new account only: mail the person the link
	Version        int64    `form:"version"`
}

func userFormOf(u auth.User) userForm {
	return userForm{
		Username: u.Username, Name: u.Name, Email: u.Email, Phone: u.Phone, EmployeeNumber: u.EmployeeNumber, Zone: u.Zone, Version: u.Version,
	}
}

func (f userForm) details() auth.Details {
	return auth.Details{Username: f.Username, Name: f.Name, Email: f.Email, Phone: f.Phone, EmployeeNumber: f.EmployeeNumber, Zone: f.Zone}
}

func (f userForm) chosenRoles() map[string]bool {
	all := map[string]bool{}
	for _, r := range f.Roles {
		all[r] = true
	}
	return all
}

// linkView is a link by which a person sets their password, shown once.
type linkView struct {
	user auth.User
	url  string
	made bool // the account was made just now
}

func (v linkView) title() string {
	if v.made {
		return v.user.Name + " is made"
	}
	return "Set-password link for " + v.user.Name
}

// newUserView is the form of a new account.
type newUserView struct {
	f     userForm
	roles []string
	mail  bool // the link can be mailed
	wrong map[string]string
}
