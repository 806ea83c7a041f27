package rest

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// document is as much of an OpenAPI document as the page about it shows. The
// contract tests read the same text with a library that checks all of it.
type document struct {
	Info struct{ Title, Version, Description string }
	Tags []struct{ Name, Description string }
	// Paths holds parameters and, by method, operations.
	Paths      map[string]map[string]yaml.Node
	Components struct {
		Parameters map[string]parameter
		Responses  map[string]response
		Schemas    map[string]schema
	}
}

type docOp struct {
	Tags                 []string
	Summary, Description string
	Security             *[]any
	Parameters           []parameter
	RequestBody          *response `yaml:"requestBody"`
	Responses            map[string]response
}

type parameter struct {
	Ref         string `yaml:"$ref"`
	Name, In    string
	Description string
	Schema      schema
}

type response struct {
	Ref         string `yaml:"$ref"`
	Description string
	Content     map[string]struct{ Schema schema }
}

type schema struct {
	Ref         string `yaml:"$ref"`
	Type        string
	Description string
	Enum        []any
	Required    []string
	Properties  map[string]schema
	Items       *schema
}

func parseDocument(text []byte) (*document, error) {
	var d document
	if err := yaml.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("reading the contract: %w", err)
	}
	return &d, nil
}

func lastOf(ref string) string { return ref[strings.LastIndexByte(ref, '/')+1:] }

func (d *document) parameter(p parameter) parameter {
	if p.Ref != "" {
		return d.Components.Parameters[lastOf(p.Ref)]
	}
	return p
}

func (d *document) response(r response) response {
	if r.Ref != "" {
		return d.Components.Responses[lastOf(r.Ref)]
	}
	return r
}

func (s schema) kind() string {
	switch {
	case s.Ref != "":
		return lastOf(s.Ref)
	case s.Items != nil:
		return "list of " + s.Items.kind()
	}
	return s.Type
}

// about is the description, and what an enumeration allows.
func (s schema) about() string {
	if len(s.Enum) == 0 {
		return s.Description
	}
	words := make([]string, len(s.Enum))
	for i, v := range s.Enum {
		words[i] = fmt.Sprint(v)
	}
	return strings.TrimSpace(s.Description + " One of: " + strings.Join(words, ", ") + ".")
}
