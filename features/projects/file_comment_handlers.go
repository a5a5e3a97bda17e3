package projects

import (
	"github.com/gofiber/fiber/v2"

	"portal/app/fault"
	"portal/app/web"
)

// commentAt is the comment of the address with the project around it, which the viewer wrote or may change.
func (h fileHandlers) commentAt(c *fiber.Ctx) (commentFilesView, error) {
	head, err := h.head(c, "comments")
	if err != nil {
		return commentFilesView{}, err
	}
	n, err := web.ID(c, "comment")
	if err != nil {
		return commentFilesView{}, err
	}
	v := commentFilesView{headView: head, most: h.files.most()}
	if v.said, v.number, err = h.notes.Comment(c.UserContext(), head.Project.ID, n); err != nil {
		return v, err
	}
	if !mayComment(head.me, v.said) {
		return v, errNotAuthor(v.said)
	}
	return v, nil
}

func (h fileHandlers) form(c *fiber.Ctx) error {
	v, err := h.commentAt(c)
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "Attach files to a comment", Body: commentFilesPage(v)})
}

func (h fileHandlers) addToComment(c *fiber.Ctx) error {
	v, err := h.commentAt(c)
	if err != nil {
		return err
	}
	rows, err := h.send(c, fileAt{owner: owner{project: v.Project.ID}, comment: v.said.ID})
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.TooLarge) {
		return h.wrong(c, err, func() (web.Page, error) {
			v.wrong = fault.Of(err).Public
			return web.Page{Title: "Attach files to a comment", Body: commentFilesPage(v)}, nil
		})
	}
	if err != nil {
		return err
	}
	return answerFiles(c, rows, v.back())
}
