// Package web turns what handlers did into answers, and what browsers sent into forms.
package web

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-playground/validator/v10"
	"github.com/gofiber/fiber/v2"

	"portal/app/fault"
)

var check = newValidator()

func newValidator() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string { return f.Tag.Get("form") })
	return v
}

// Bind fills form, a pointer to a struct with `form` tags, from the request's body and checks its `validate` tags.
// Values in the address never count. Fields may be string, int64, bool, []string or []int64. Blanks alone are nothing: a text
// that is `required` has to have a letter.
// Errors: fault.Invalid by field; fault.Unsupported for a body no form sends.
func Bind(c *fiber.Ctx, form any) error {
	values, err := bodyValues(c)
	if err != nil {
		return err
	}
	bad := map[string]string{}
	fill(reflect.ValueOf(form).Elem(), values, bad)
	return checked(form, bad)
}

// Check looks at the `validate` tags of a form that was filled by other means than Bind.
// Errors: fault.Invalid by field.
func Check(form any) error { return checked(form, map[string]string{}) }

func checked(form any, bad map[string]string) error {
	if err := check.Struct(form); err != nil {
		var wrong validator.ValidationErrors
		if !errors.As(err, &wrong) {
			return fmt.Errorf("check form: %w", err)
		}
		for _, w := range wrong {
			if bad[w.Field()] == "" {
				bad[w.Field()] = sentence(w)
			}
		}
	}
	needed(reflect.Indirect(reflect.ValueOf(form)), bad)
	if len(bad) > 0 {
		return &fault.Error{Kind: fault.Invalid, Public: "Please look at the marked fields.", Fields: bad}
	}
	return nil
}

// needed marks required texts of nothing but blanks, which the tag alone takes: a thing of that name could be neither seen nor clicked.
func needed(form reflect.Value, bad map[string]string) {
	for i := range form.NumField() {
		f := form.Type().Field(i)
		switch {
		case f.Anonymous:
			needed(form.Field(i), bad)
		case f.Type.Kind() != reflect.String || bad[f.Tag.Get("form")] != "":
		case slices.Contains(strings.Split(f.Tag.Get("validate"), ","), "required") && strings.TrimSpace(form.Field(i).String()) == "":
			bad[f.Tag.Get("form")] = "This is needed."
		}
	}
}

// Value is one value of the request's body, empty when absent.
func Value(c *fiber.Ctx, name string) string {
	values, err := bodyValues(c)
	if err != nil || len(values(name)) == 0 {
		return ""
	}
	return values(name)[0]
}

// Has reports whether the body has a value of that name, be it empty.
func Has(c *fiber.Ctx, name string) bool {
	values, err := bodyValues(c)
	return err == nil && len(values(name)) > 0
}

// bodyValues gives the values of a form by name, copied out of the request's buffers, which are used again.
func bodyValues(c *fiber.Ctx) (func(string) []string, error) {
	kind, _, _ := strings.Cut(string(c.Request().Header.ContentType()), ";")
	switch {
	case kind == fiber.MIMEApplicationForm:
		args := c.Request().PostArgs()
		return func(name string) []string {
			var all []string
			for _, raw := range args.PeekMulti(name) {
				all = append(all, string(raw))
			}
			return all
		}, nil
	case kind == fiber.MIMEMultipartForm:
		m, err := c.MultipartForm()
		if err != nil {
			return nil, fault.New(fault.Invalid, "The form could not be read. Please send it again.").Because(err)
		}
		return func(name string) []string {
			var all []string
			for _, s := range m.Value[name] {
				all = append(all, strings.Clone(s))
			}
			return all
		}, nil
	case len(c.Request().Body()) == 0:
		return func(string) []string { return nil }, nil
	}
	return nil, fault.New(fault.Unsupported, "Send this as a form, not as %q.", kind)
}

func fill(v reflect.Value, values func(string) []string, bad map[string]string) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Anonymous {
			fill(v.Field(i), values, bad)
			continue
		}
		name := f.Tag.Get("form")
		if name == "" || name == "-" {
			continue
		}
		if said := set(v.Field(i), values(name)); said != "" {
			bad[name] = said
		}
	}
}

// set puts the sent texts into one field, and says in a sentence what is wrong with them.
func set(field reflect.Value, sent []string) string {
	for _, s := range sent {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return "This holds characters that can't be kept."
		}
	}
	if field.Kind() == reflect.Slice {
		return setMany(field, sent)
	}
	if len(sent) == 0 {
		return ""
	}
	switch field.Kind() {
	case reflect.String:
		// Browsers send line ends as CR LF, whatever was typed.
		field.SetString(strings.ReplaceAll(sent[0], "\r\n", "\n"))
	case reflect.Bool:
		field.SetBool(sent[0] != "" && sent[0] != "0" && sent[0] != "false")
	case reflect.Int64:
		if sent[0] == "" {
			return ""
		}
		n, err := strconv.ParseInt(sent[0], 10, 64)
		if err != nil {
			return "Write a whole number."
		}
		field.SetInt(n)
	}
	return ""
}

func setMany(field reflect.Value, sent []string) string {
	switch field.Interface().(type) {
	case []string:
		field.Set(reflect.ValueOf(sent))
	case []int64:
		var all []int64
		for _, s := range strings.Split(strings.Join(sent, ","), ",") {
			if s == "" {
				continue
			}
			n, err := strconv.ParseInt(s, 10, 64)
			if err != nil {
				return "Choose from the list."
			}
			all = append(all, n)
		}
		field.Set(reflect.ValueOf(all))
	}
	return ""
}

// sentence says what a validate tag found.
func sentence(w validator.FieldError) string {
	switch w.Tag() {
	case "required":
		return "This is needed."
	case "max":
		return "At most " + w.Param() + characters(w) + "."
	case "min":
		return "At least " + w.Param() + characters(w) + "."
	case "email":
		return "This is not an e-mail address."
	case "oneof":
		return "Choose one of " + strings.ReplaceAll(w.Param(), " ", ", ") + "."
	case "alphanum":
		return "Letters and digits only."
	case "uppercase":
		return "Capital letters only."
	case "eqfield":
		return "The two are not the same."
	}
	return "This can't be used."
}

func characters(w validator.FieldError) string {
	if w.Kind() == reflect.String {
		return " characters"
	}
	return ""
}

// ID reads a route's parameter that is a row's id.
// Errors: fault.NotFound, since no row has another sort of id.
func ID(c *fiber.Ctx, name string) (int64, error) {
	id, err := strconv.ParseInt(c.Params(name), 10, 64)
	if err != nil || id <= 0 {
		return 0, fault.New(fault.NotFound, "There is no such page.")
	}
	return id, nil
}

// Query reads the address's query into filter, a pointer to a struct with `query` tags.
// What can't be read is left at its zero value: an address is not a form to be mended.
func Query(c *fiber.Ctx, filter any) {
	query := c.Request().URI().QueryArgs()
	fillQuery(reflect.ValueOf(filter).Elem(), func(name string) []string {
		var all []string
		for _, raw := range query.PeekMulti(name) {
			all = append(all, strings.ToValidUTF8(strings.ReplaceAll(string(raw), "\x00", ""), ""))
		}
		return all
	})
}

func fillQuery(v reflect.Value, values func(string) []string) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Anonymous {
			fillQuery(v.Field(i), values)
			continue
		}
		name := f.Tag.Get("query")
		if name == "" {
			continue
		}
		if v.Field(i).Kind() == reflect.Int {
			if sent := values(name); len(sent) > 0 {
				n, _ := strconv.Atoi(sent[0])
				v.Field(i).SetInt(int64(n))
			}
			continue
		}
		_ = set(v.Field(i), values(name))
	}
}
