package projects

import (
	"context"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"portal/app/data"
	"portal/app/feature"
	"portal/components"
)

type taskHandlers struct{ base }
type noteHandlers struct{ base }

func (h taskHandlers) mine(c *fiber.Ctx) error           { return nil }
func (h taskHandlers) list(c *fiber.Ctx) error           { return nil }
func (h taskHandlers) newForm(c *fiber.Ctx) error        { return nil }
func (h taskHandlers) create(c *fiber.Ctx) error         { return nil }
func (h taskHandlers) show(c *fiber.Ctx) error           { return nil }
func (h taskHandlers) history(c *fiber.Ctx) error        { return nil }
func (h taskHandlers) editForm(c *fiber.Ctx) error       { return nil }
func (h taskHandlers) save(c *fiber.Ctx) error           { return nil }
func (h taskHandlers) field(c *fiber.Ctx) error          { return nil }
func (h taskHandlers) fieldForm(c *fiber.Ctx) error      { return nil }
func (h taskHandlers) saveField(c *fiber.Ctx) error      { return nil }
func (h taskHandlers) move(c *fiber.Ctx) error           { return nil }
func (h taskHandlers) delete(c *fiber.Ctx) error         { return nil }
func (h taskHandlers) restore(c *fiber.Ctx) error        { return nil }
func (h noteHandlers) todos(c *fiber.Ctx) error          { return nil }
func (h noteHandlers) comments(c *fiber.Ctx) error       { return nil }
func (h noteHandlers) addTodo(c *fiber.Ctx) error        { return nil }
func (h noteHandlers) tick(c *fiber.Ctx) error           { return nil }
func (h noteHandlers) deleteTodo(c *fiber.Ctx) error     { return nil }
func (h noteHandlers) restoreTodo(c *fiber.Ctx) error    { return nil }
func (h noteHandlers) addComment(c *fiber.Ctx) error     { return nil }
func (h noteHandlers) commentForm(c *fiber.Ctx) error    { return nil }
func (h noteHandlers) editComment(c *fiber.Ctx) error    { return nil }
func (h noteHandlers) deleteComment(c *fiber.Ctx) error  { return nil }
func (h noteHandlers) restoreComment(c *fiber.Ctx) error { return nil }

func listPage(listView) templ.Component                            { return templ.NopComponent }
func projectFormPage(formView) templ.Component                     { return templ.NopComponent }
func boardPage(boardData) templ.Component                          { return templ.NopComponent }
func aboutPage(headView, string, map[int64]string) templ.Component { return templ.NopComponent }
func historyPage(headView, historyView) templ.Component            { return templ.NopComponent }
func conflictPage(components.ConflictView) templ.Component         { return templ.NopComponent }
func fieldValue(fieldCell) templ.Component                         { return templ.NopComponent }
func fieldEditor(fieldCell, string, string) templ.Component        { return templ.NopComponent }
func projectCell(v view, p Project, field string, may bool) (fieldCell, bool) {
	return fieldCell{}, false
}
func fillDemo(ctx context.Context, tx *data.Tx, d feature.Department) error { return nil }
func importLegacy(ctx context.Context, tx *data.Tx, l feature.Legacy) error { return nil }
