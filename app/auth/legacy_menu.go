package auth

import (
	"cmp"
	"slices"
	"strings"

	"portal/app/legacy"
)

// pageOf is where a page of the old portal is now. Its address came in three notations: "/dispatch/",
// "dispatch.index" and "admin/index".
// why says that there is no place for it; goes says that the node is the whole feature's, because the page is a part of it.
func pageOf(route string, routes []string) (node string, goes bool, why string) {
	if strings.ContainsAny(route, "<>:{*") {
		return "", false, "it is not one page: its address holds a parameter"
	}
	path := strings.Trim(strings.ToLower(strings.TrimSpace(route)), "/")
	if !strings.Contains(path, "/") {
		path = strings.ReplaceAll(path, ".", "/")
	}
	path = strings.Trim(strings.TrimSuffix("/"+path, "/index"), "/")
	parts := strings.Split(path, "/")
	switch first := parts[0]; {
	case path == "":
		return "", false, "the start page is everybody's"
	case slices.Contains(parts, "api") || slices.Contains(parts, "data"):
		return "", false, "it answered the scripts of other pages"
	case slices.Contains([]string{"login", "logout", "static", "auth"}, first):
		return "", false, "signing in and out needs no mapping"
	case pages[path] != "" && slices.Contains(routes, pages[path]):
		return pages[path], false, ""
	case !slices.Contains(areas, first):
		return "", false, "there is no such page any more"
	case len(parts) == 1:
		return first, false, ""
	case first == "projects":
		return "", false, "there is no such page any more; the rights of projects cover what it did"
	default:
		return first, true, ""
	}
}

// pages are the old pages that have a route of ours.
var pages = map[string]string{
	"projects": "projects.project.see.list", "projects/list": "projects.project.see.list",
	"projects/create": "projects.project.edit.new", "projects/new": "projects.project.edit.new",
	"admin": "admin.overview.see.page", "admin/users": "admin.user.see.list", "admin/roles": "admin.role.see.list",
	"admin/routes": "admin.mapping.see.list", "admin/routes/list": "admin.mapping.see.list",
	"admin/categories": "admin.category.see.list", "admin/logs": "admin.audit.see.list",
}

// inAdmin reports whether the node is of the administration: whomever the old portal showed such a page to,
// it is for administrators here, until one of them opens it to others.
func inAdmin(node string) bool { return node == "admin" || strings.HasPrefix(node, "admin.") }

// areas are the parts of the portal, those to come included: their mappings wait for them.
var areas = []string{"admin", "dispatch", "documents", "handoffs", "oncall", "profile", "projects", "reports", "tracking", "weblinks"}

// areaIcons are the pictures of pages whose mapping only had the one that every mapping began with.
var areaIcons = map[string]string{
	"admin": "settings", "dispatch": "mail", "documents": "book", "handoffs": "refresh", "oncall": "phone", "profile": "user",
	"projects": "folders", "reports": "chart-bar", "weblinks": "link",
}

// iconOf is a page's picture: the old one where a person chose it, else the one that we have for it.
func iconOf(old, ours, node string) string {
	if old = strings.TrimSpace(old); old != "" && old != "fa-link" {
		return legacy.Icon(old, "link")
	}
	area, _, _ := strings.Cut(node, ".")
	return cmp.Or(ours, areaIcons[area], "link")
}
