package legacy

import "strings"

// older are the names that tables had in earlier versions of the old portal.
var older = map[string]string{
	"user_roles": "user_role", "route_roles": "page_route_roles", "user_preference": "user_preferences",
	"project_watchers": "project_team_members",
}

// olderColumns are the names that columns had in earlier versions, by table and today's name.
var olderColumns = map[string]map[string]string{
	"route_roles": {"route_id": "page_route_id"},
	"todo":        {"sort_order": "order"},
}

// known are the columns of the tables that are read, those of earlier versions after the bar.
var known = map[string]string{
	"user":                     "id username employee_number name email vzid password_hash is_active created_at updated_at avatar_data avatar_mimetype | cngroup",
	"role":                     "id name notes icon created_by created_at updated_by updated_at",
	"user_roles":               "user_id role_id",
	"user_preference":          "id user_id key value created_at updated_at | preferences",
	"navigation_category":      "id name icon description weight created_by created_at updated_by updated_at | badge_text badge_type",
	"page_route_mapping":       "id page_name route icon weight category_id show_in_navbar created_by created_at updated_by updated_at | badge_text badge_type",
	"route_roles":              "route_id role_id | page_route_id",
	"project_status":           "id name color created_by created_at updated_at",
	"project_priority":         "id name color created_by created_at updated_at",
	"project":                  "id name summary icon description status priority percent_complete created_by created_at updated_at is_private notify_task_created notify_task_completed notify_comments lead_id",
	"project_roles":            "project_id role_id",
	"project_shareholders":     "project_id user_id",
	"project_stakeholders":     "project_id user_id",
	"project_watchers":         "project_id user_id",
	"task":                     "id project_id parent_id name summary description status_id priority_id due_date created_by created_at updated_at position list_position assigned_to_id | status priority",
	"task_dependencies":        "task_id dependency_id",
	"todo":                     "id project_id task_id description completed completed_at created_by created_at due_date sort_order assigned_to_id | order",
	"comment":                  "id project_id task_id content created_by created_at updated_at user_id",
	"document_categories":      "id name description created_at",
	"document_tags":            "id name created_at",
	"documents":                "id title content category_id created_by created_at updated_at is_template template_name is_private",
	"document_changes":         "id document_id changed_by changed_at change_type previous_content",
	"document_shares":          "id document_id user_id permission created_at created_by",
	"document_tag_association": "document_id tag_id",
	"weblinks":                 "id url friendly_name notes icon created_by created_at updated_at category_id",
	"weblink_categories":       "id name created_by created_at",
	"weblink_tags":             "id name created_by created_at",
	"weblink_tag_association":  "weblink_id tag_id",
	"history":                  "id entity_type project_id task_id action details created_by created_at user_id",
}

// later are the tables of features that bring them over themselves, by feature.
var later = map[string]string{
	"handoffs": "handoffs handoff_shifts",
	"oncall":   "oncall_team oncall_rotation",
	"dispatch": "dispatch_teams dispatch_priorities dispatch_transactions",
	"reports":  "database_connection report_view view_role saved_view",
	"tracking": "user_activity page_visit feature_usage application_metrics resource_metrics system_metrics user_metrics",
}

// never are tables without anything to bring over: sessions, caches, the migrations' own.
var never = strings.Fields("flask_sessions sessions document_caches alembic_version")

// required are the columns by which an old database is recognised.
var required = map[string]string{"user": "username", "role": "name", "project": "name"}
