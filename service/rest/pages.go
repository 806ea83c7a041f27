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
	Bodies, Answers              []docBody
}

type docField struct{ Name, Where, Type, About string }

type docBody struct {
	Title, About string
	Fields       []docField
}

func newPages(spec []byte) (*pages, error) {
	doc, err := parseDocument(spec)
	if err != nil {
		return nil, err
	}
	t, err := template.New("").Parse(pageText)
	if err != nil {
		return nil, fmt.Errorf("reading the pages: %w", err)
	}
	groups, err := doc.groups()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(pageStyle))
	p := &pages{policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"}
	data := map[string]any{"Style": template.CSS(pageStyle), "Info": doc.Info, "Groups": groups, "Schemas": doc.shapes()}
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

// groups lists the operations of each tag, by path and method.
func (d *document) groups() ([]docGroup, error) {
	var list []docGroup
	for _, tag := range d.Tags {
		g := docGroup{Name: tag.Name, About: tag.Description}
		for _, path := range sortedKeys(d.Paths) {
			ops, err := d.operations(path, tag.Name)
			if err != nil {
				return nil, fmt.Errorf("reading %s: %w", path, err)
			}
			g.Operations = append(g.Operations, ops...)
		}
		list = append(list, g)
	}
	return list, nil
}

func (d *document) operations(path, tag string) (list []docOperation, err error) {
	item := d.Paths[path]
	var shared []parameter
	if node, ok := item["parameters"]; ok {
		if err := node.Decode(&shared); err != nil {
			return nil, err
		}
	}
	for _, method := range sortedKeys(item) {
		if method == "parameters" {
			continue
		}
		var op docOp
		node := item[method]
		if err := node.Decode(&op); err != nil {
			return nil, err
		}
		if slices.Contains(op.Tags, tag) {
			list = append(list, d.operation(strings.ToUpper(method), path, shared, op))
		}
	}
	slices.SortFunc(list, func(a, b docOperation) int { return cmp.Compare(a.Method, b.Method) })
	return list, nil
}

func (d *document) operation(method, path string, shared []parameter, op docOp) docOperation {
	o := docOperation{Method: method, Path: path, Summary: op.Summary, About: op.Description,
		Public: op.Security != nil && len(*op.Security) == 0}
	for _, p := range slices.Concat(shared, op.Parameters) {
		p = d.parameter(p)
		o.Inputs = append(o.Inputs, docField{p.Name, p.In, p.Schema.kind(), p.Description})
	}
	if op.RequestBody != nil {
		o.Bodies = bodies("", d.response(*op.RequestBody))
	}
	for _, status := range sortedKeys(op.Responses) {
		o.Answers = append(o.Answers, bodies(status, d.response(op.Responses[status]))...)
	}
	return o
}

func bodies(title string, r response) []docBody {
	if len(r.Content) == 0 {
		return []docBody{{Title: title, About: r.Description}}
	}
	var list []docBody
	for _, mime := range sortedKeys(r.Content) {
		s := r.Content[mime].Schema
		b := docBody{Title: strings.TrimSpace(title + " " + mime + " " + s.kind()), About: r.Description}
		if s.Ref == "" {
			b.Fields = members(s, "")
		}
		list = append(list, b)
	}
	return list
}

func (d *document) shapes() []docBody {
	var list []docBody
	for _, name := range sortedKeys(d.Components.Schemas) {
		s := d.Components.Schemas[name]
		list = append(list, docBody{Title: name, About: s.about(), Fields: members(s, "")})
	}
	return list
}

// members lists what an object holds, and what unnamed objects in it hold.
func members(s schema, prefix string) []docField {
	var list []docField
	for _, name := range sortedKeys(s.Properties) {
		p := s.Properties[name]
		about := p.about()
		if slices.Contains(s.Required, name) {
			about = strings.TrimSpace("Always. " + about)
		}
		list = append(list, docField{prefix + name, "", p.kind(), about})
		list = append(list, members(p, prefix+name+".")...)
		if p.Items != nil {
			list = append(list, members(*p.Items, prefix+name+"[].")...)
		}
	}
	return list
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
