package setting

// The settings of the portal's floor. A feature declares its own in the same way, in a variable of its package.
var (
	Name = NewText("portal.name", "Portal", 40, "Name of the portal",
		"What people call it, up to 40 characters.", "page titles, the top of the menu, mails").checked(needed)
	Zone = NewText("portal.zone", "UTC", 60, "Default time zone",
		"An IANA name such as Europe/Berlin. Times are kept in UTC whatever it says.", "times shown to people who have chosen no zone").checked(knownZone)
	Contact = NewText("portal.contact", "", 200, "Support contact",
		"An e-mail address, a telephone number or a web address. Empty shows none.", "error pages, /.well-known/security.txt")
	Notice = NewLines("signin.notice", "", 1000, "Notice on the sign-in page",
		"Plain text; line ends stay. Everybody can read it, signed in or not. Empty shows none.", "the sign-in page")
	Keep = NewSwitch("signin.keep", On, "Offer “Keep me signed in”",
		"On: a session may last 30 days. Off: twelve hours; sessions that are kept already stay so.", "the sign-in page")
	DormantDays = NewNumber("users.dormant", 90, 7, 3650, "days", "Dormant after",
		"An account that nobody has signed in to for so long counts as dormant.", "the dashboard, the list of users")
	FileMB = NewNumber("files.max_mb", 25, 1, 100, "MB", "Largest file",
		"A file that is attached may have so many megabytes. What is kept already stays.", "files of projects, tasks and comments")
	AuditDays = NewNumber("audit.days", 0, 0, 36500, "days", "Keep audit lines for",
		"Older lines are removed each night. 0 keeps them for ever.", "the audit log")
	ActivityDays = NewNumber("activity.days", 0, 0, 36500, "days", "Keep activity for",
		"Older entries of “what happened lately” are removed each night; a thing's own history stays. 0 keeps them for ever.", "lists of activity")
)

func needed(value string) string {
	if value == "" {
		return "A name is needed."
	}
	return ""
}
