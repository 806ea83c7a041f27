package network

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"text/template"
)

// The templates of the manifests, each named like the file it becomes.
//
//go:embed manifests
var manifestFiles embed.FS

// memberManifest is rendered once for each member.
const memberManifest = "k8s/member.yaml"

var releaseForm = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+$`)

// Manifests renders what runs the consortium in containers: Docker Compose,
// Kubernetes, the chaincode's Dockerfile, the scripts that make keys and
// secrets, and a README that says how they go together. The keys of the map
// are slash-separated paths below a folder of its own. The same consortium
// gives the same bytes; no file holds a secret. A consortium that Check refuses
// is refused, and one whose fabric is no release number.
func Manifests(c Consortium) (map[string][]byte, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	if !releaseForm.MatchString(c.Fabric) {
		return nil, fmt.Errorf("fabric: %q is no release like 3.1.1, so no image has it as its tag", c.Fabric)
	}
	d, err := newDeployment(c)
	if err != nil {
		return nil, err
	}
	out, err := channelInputs(c)
	if err != nil {
		return nil, err
	}
	if err := d.renderAll(out); err != nil {
		return nil, err
	}
	return out, nil
}

func (d deployment) renderAll(out map[string][]byte) error {
	t, names, err := manifestTemplates()
	if err != nil {
		return err
	}
	for _, name := range names {
		if name == memberManifest {
			err = d.renderMembers(out, t.Lookup(name))
		} else {
			out[name], err = renderManifest(t.Lookup(name), d)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (d deployment) renderMembers(out map[string][]byte, t *template.Template) error {
	for _, m := range d.Members {
		text, err := renderManifest(t, m)
		if err != nil {
			return err
		}
		out["k8s/"+m.Role+".yaml"] = text
	}
	return nil
}

func renderManifest(t *template.Template, data any) ([]byte, error) {
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		return nil, fmt.Errorf("rendering the manifest %s: %w", t.Name(), err)
	}
	return b.Bytes(), nil
}

// manifestTemplates reads the templates, and names each by its path.
func manifestTemplates() (*template.Template, []string, error) {
	var names []string
	root := template.New("").Option("missingkey=error").Funcs(template.FuncMap{"q": quote})
	err := fs.WalkDir(manifestFiles, "manifests", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := manifestFiles.ReadFile(path)
		if err != nil {
			return err
		}
		name := strings.TrimSuffix(strings.TrimPrefix(path, "manifests/"), ".tmpl")
		names = append(names, name)
		_, err = root.New(name).Parse(string(text))
		return err
	})
	return root, names, err
}
