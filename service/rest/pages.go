package rest

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gin-gonic/gin"
)

//go:embed pages.html
var pageText string

//go:embed pages.css
var pageStyle string

// pages are made once, from the contract itself: nothing on them depends on
// a request, and nothing on them runs.
type pages struct {
	home, docs []byte
	policy     string
}

type docGroup struct {
	Name, About string
	Operations  []docOperation
}

type docOperation struct {
	Method, Path, Summary, About string
	Public                       bool
	Inputs                       []docField
	Bodies                       []docBody
	Answers                      []docBody
}

type docField struct{ Name, Where, Type, About string }

type docBody struct {
	Title, About string
	Fields       []docField
}

func newPages(spec []byte) (*pages, error) {
	doc, err := openapi3.NewLoader().LoadFromData(spec)
	if err != nil {
		return nil, fmt.Errorf("reading the contract: %w", err)
	}
	t, err := template.New("").Parse(pageText)
	if err != nil {
		return nil, fmt.Errorf("reading the pages: %w", err)
	}
	sum := sha256.Sum256([]byte(pageStyle))
	p := &pages{policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"}
	data := map[string]any{"Style": template.CSS(pageStyle), "Info": doc.Info, "Groups": groups(doc), "Schemas": schemas(doc)}
	if p.home, err = render(t, "home", data); err != nil {
		return nil, err
	}
	p.docs, err = render(t, "docs", data)
	return p, err
}

func render(t *template.Template, name string, data any) ([]byte, error) {
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, name, data); err != nil {
		return nil, fmt.Errorf("rendering %s: %w", name, err)
	}
	return b.Bytes(), nil
}

func groups(doc *openapi3.T) []docGroup {
	var list []docGroup
	for _, tag := range doc.Tags {
		g := docGroup{Name: tag.Name, About: tag.Description}
		for _, path := range doc.Paths.InMatchingOrder() {
			item := doc.Paths.Value(path)
			for method, op := range item.Operations() {
				if slices.Contains(op.Tags, tag.Name) {
					g.Operations = append(g.Operations, operation(method, path, item, op))
				}
			}
		}
		slices.SortFunc(g.Operations, func(a, b docOperation) int {
			return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
		})
		list = append(list, g)
	}
	return list
}

func operation(method, path string, item *openapi3.PathItem, op *openapi3.Operation) docOperation {
	o := docOperation{Method: method, Path: path, Summary: op.Summary, About: op.Description,
		Public: op.Security != nil && len(*op.Security) == 0}
	for _, p := range slices.Concat(item.Parameters, op.Parameters) {
		o.Inputs = append(o.Inputs, docField{p.Value.Name, p.Value.In, typeOf(p.Value.Schema), p.Value.Description})
	}
	if op.RequestBody != nil {
		o.Bodies = bodies("", "", op.RequestBody.Value.Content)
	}
	for _, status := range sortedKeys(op.Responses.Map()) {
		r := op.Responses.Value(status).Value
		about := ""
		if r.Description != nil {
			about = *r.Description
		}
		found := bodies(status+" ", about, r.Content)
		if len(found) == 0 {
			found = []docBody{{Title: status, About: about}}
		}
		o.Answers = append(o.Answers, found...)
	}
	return o
}

func bodies(prefix, about string, content openapi3.Content) []docBody {
	var list []docBody
	for _, mime := range sortedKeys(content) {
		list = append(list, docBody{Title: prefix + mime + " " + typeOf(content[mime].Schema), About: about, Fields: fields(content[mime].Schema)})
	}
	return list
}

func schemas(doc *openapi3.T) []docBody {
	var list []docBody
	for _, name := range sortedKeys(doc.Components.Schemas) {
		s := doc.Components.Schemas[name]
		list = append(list, docBody{Title: name, About: strings.TrimSpace(s.Value.Description + " " + choices(s.Value)), Fields: properties(s.Value, "")})
	}
	return list
}

// fields lists the members of a schema that has no name of its own.
func fields(s *openapi3.SchemaRef) []docField {
	if s == nil || s.Ref != "" {
		return nil
	}
	return properties(s.Value, "")
}

func properties(s *openapi3.Schema, prefix string) []docField {
	var list []docField
	for _, name := range sortedKeys(s.Properties) {
		p := s.Properties[name]
		about := p.Value.Description
		if p.Ref == "" {
			about = strings.TrimSpace(about + " " + choices(p.Value))
		}
		if slices.Contains(s.Required, name) {
			about = strings.TrimSpace("Always. " + about)
		}
		list = append(list, docField{prefix + name, "", typeOf(p), about})
		if p.Ref == "" {
			list = append(list, properties(p.Value, prefix+name+".")...)
			if p.Value.Items != nil && p.Value.Items.Ref == "" {
				list = append(list, properties(p.Value.Items.Value, prefix+name+"[].")...)
			}
		}
	}
	return list
}

func typeOf(s *openapi3.SchemaRef) string {
	switch {
	case s == nil || s.Value == nil:
		return ""
	case s.Ref != "":
		return s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
	case s.Value.Items != nil:
		return "list of " + typeOf(s.Value.Items)
	case s.Value.Type == nil:
		return ""
	}
	return strings.Join(*s.Value.Type, " or ")
}

func choices(s *openapi3.Schema) string {
	if len(s.Enum) == 0 {
		return ""
	}
	words := make([]string, len(s.Enum))
	for i, v := range s.Enum {
		words[i] = fmt.Sprint(v)
	}
	return "One of: " + strings.Join(words, ", ") + "."
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (h *Handler) page(c *gin.Context, text []byte) error {
	c.Header("Content-Security-Policy", h.pages.policy)
	c.Header("Cache-Control", "max-age=300")
	c.Data(http.StatusOK, "text/html; charset=utf-8", text)
	return nil
}

func (h *Handler) home(c *gin.Context) error { return h.page(c, h.pages.home) }

func (h *Handler) docs(c *gin.Context) error { return h.page(c, h.pages.docs) }

func (h *Handler) openapi(c *gin.Context) error {
	c.Header("Cache-Control", "max-age=300")
	c.Data(http.StatusOK, "application/yaml; charset=utf-8", spec)
	return nil
}
