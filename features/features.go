// Package features is the list of the portal's features, in menu order.
package features

import (
	"portal/app/feature"
	"portal/features/admin"
	"portal/features/documents"
	"portal/features/projects"
	"portal/features/weblinks"
)

// All is every feature there is. A new one is a folder beside this file and a line here.
var All = []feature.New{
	projects.New,
	documents.New,
	weblinks.New,
	admin.New,
}
