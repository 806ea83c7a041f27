package rest_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	raw := func(body io.Reader, _ http.Header, _ *openapi3.SchemaRef, _ openapi3filter.EncodingFn) (any, error) {
		data, err := io.ReadAll(body)
		return string(data), err
	}
	for _, mime := range []string{"application/jose", "application/x-ndjson", "text/event-stream", "text/html", "application/zip", "application/pdf", "multipart/byteranges",
		"text/javascript", "text/css", "image/svg+xml", "application/wasm"} {
		openapi3filter.RegisterBodyDecoder(mime, raw)
	}
	openapi3filter.RegisterBodyDecoder("application/problem+json", openapi3filter.RegisteredBodyDecoder("application/json"))
	goleak.VerifyTestMain(m)
}

// contract is a transport that holds every exchange against openapi.yaml:
// an answer must be described there, an accepted request too.
type contract struct {
	t     *testing.T
	next  http.RoundTripper
	doc   *openapi3.T
	paths []pathPattern
}

type pathPattern struct {
	path  string
	match *regexp.Regexp
	names []string
}

func newContract(t *testing.T, next http.RoundTripper) *contract {
	t.Helper()
	doc := must(openapi3.NewLoader().LoadFromFile("openapi.yaml"))(t)
	closeSchemas(doc)
	c := &contract{t: t, next: next, doc: doc}
	param := regexp.MustCompile(`\\\{([a-z_]+)\\\}`)
	for _, path := range doc.Paths.InMatchingOrder() {
		quoted := regexp.QuoteMeta(path)
		p := pathPattern{path: path}
		for _, m := range param.FindAllStringSubmatch(quoted, -1) {
			p.names = append(p.names, m[1])
		}
		quoted = strings.ReplaceAll(quoted, `\{path\}`, `(.+)`)
		p.match = regexp.MustCompile("^" + param.ReplaceAllString(quoted, `([^/]+)`) + "$")
		c.paths = append(c.paths, p)
	}
	return c
}

// closeSchemas refuses members that the contract does not name: to clients it
// says that members may come, to us that they must be written down.
func closeSchemas(doc *openapi3.T) {
	closed := false
	seen := map[*openapi3.Schema]bool{}
	var walk func(s *openapi3.SchemaRef)
	walk = func(s *openapi3.SchemaRef) {
		if s == nil || s.Value == nil || seen[s.Value] {
			return
		}
		seen[s.Value] = true
		if len(s.Value.Properties) > 0 && s.Value.AdditionalProperties.Has == nil {
			s.Value.AdditionalProperties.Has = &closed
		}
		for _, p := range s.Value.Properties {
			walk(p)
		}
		walk(s.Value.Items)
	}
	for _, s := range doc.Components.Schemas {
		walk(s)
	}
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			for _, r := range op.Responses.Map() {
				for _, m := range r.Value.Content {
					walk(m.Schema)
				}
			}
			if op.RequestBody != nil {
				for _, m := range op.RequestBody.Value.Content {
					walk(m.Schema)
				}
			}
		}
	}
}

func (c *contract) RoundTrip(req *http.Request) (*http.Response, error) {
	route, params := c.find(req)
	// A body that must stream is not looked at, nor one that is not known.
	whole := req.Body == nil || req.GetBody != nil
	resp, err := c.next.RoundTrip(req)
	if err != nil || route == nil {
		return resp, err
	}
	in := &openapi3filter.RequestValidationInput{Request: req.Clone(context.Background()), PathParams: params, Route: route, QueryParams: req.URL.Query(),
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, ExcludeRequestBody: !whole, IncludeResponseStatus: true}}
	if req.Method == http.MethodPut && req.Header.Get("Content-Type") == "" {
		in.Request.Header.Set("Content-Type", "application/octet-stream") // curl -T sends none
	}
	if req.GetBody != nil {
		in.Request.Body, _ = req.GetBody()
	}
	if resp.StatusCode < 300 {
		if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil {
			c.t.Errorf("%s %s was accepted against the contract: %v", req.Method, req.URL.Path, err)
		}
	}
	c.checkResponse(in, resp)
	return resp, nil
}

func (c *contract) checkResponse(in *openapi3filter.RequestValidationInput, resp *http.Response) {
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: resp.StatusCode, Header: resp.Header, Options: in.Options}
	stream := strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream")
	if !stream {
		data, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(data), errReader{err}))
		if err != nil {
			return // cut off: the test decides whether it may be
		}
		out.Body = io.NopCloser(bytes.NewReader(data))
	}
	if stream || in.Request.Method == http.MethodHead {
		options := *in.Options
		options.ExcludeResponseBody = true
		out.Options, out.Body = &options, http.NoBody
	}
	if err := openapi3filter.ValidateResponse(context.Background(), out); err != nil {
		c.t.Errorf("%s %s: answer %d is not in the contract: %v", in.Request.Method, in.Request.URL.Path, resp.StatusCode, err)
	}
}

type errReader struct{ err error }

func (e errReader) Read([]byte) (int, error) {
	if e.err == nil {
		return 0, io.EOF
	}
	return 0, e.err
}

func (c *contract) find(req *http.Request) (*routers.Route, map[string]string) {
	for _, p := range c.paths {
		m := p.match.FindStringSubmatch(req.URL.Path)
		if m == nil {
			continue
		}
		item := c.doc.Paths.Value(p.path)
		op := item.GetOperation(req.Method)
		if op == nil {
			continue
		}
		params := map[string]string{}
		for i, name := range p.names {
			params[name] = m[i+1]
		}
		return &routers.Route{Spec: c.doc, Path: p.path, PathItem: item, Method: req.Method, Operation: op}, params
	}
	return nil, nil
}

func TestContractIsValid(t *testing.T) {
	doc := must(openapi3.NewLoader().LoadFromFile("openapi.yaml"))(t)
	if err := doc.Validate(context.Background()); err != nil {
		t.Fatal(err)
	}
}
