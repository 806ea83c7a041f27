package manifests

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/yaml"
)

// kinds are all that the manifests use.
var kinds = map[string]func() any{
	"v1/Service":                         func() any { return &corev1.Service{} },
	"v1/ConfigMap":                       func() any { return &corev1.ConfigMap{} },
	"v1/PersistentVolumeClaim":           func() any { return &corev1.PersistentVolumeClaim{} },
	"apps/v1/Deployment":                 func() any { return &appsv1.Deployment{} },
	"apps/v1/StatefulSet":                func() any { return &appsv1.StatefulSet{} },
	"networking.k8s.io/v1/NetworkPolicy": func() any { return &networkingv1.NetworkPolicy{} },
}

var separator = regexp.MustCompile(`(?m)^---$`)

// decode reads each document strictly: a field that the API does not have,
// or has twice, is an error.
func decode(text string) ([]any, error) {
	var all []any
	for _, doc := range separator.Split(text, -1) {
		var head struct{ APIVersion, Kind string }
		if err := yaml.Unmarshal([]byte(doc), &head); err != nil {
			return nil, err
		}
		if head.Kind == "" {
			continue // a comment alone
		}
		make, known := kinds[head.APIVersion+"/"+head.Kind]
		if !known {
			return nil, fmt.Errorf("%s/%s is no kind that is used here", head.APIVersion, head.Kind)
		}
		into := make()
		if err := yaml.UnmarshalStrict([]byte(doc), into); err != nil {
			return nil, fmt.Errorf("%s: %w", head.Kind, err)
		}
		all = append(all, into)
	}
	return all, nil
}

// files are the Kubernetes manifests, by name below the golden folder.
func files(t *testing.T) map[string][]any {
	t.Helper()
	out := map[string][]any{}
	for _, pattern := range []string{"k8s/*.yaml", "k8s/dns/*.yaml"} {
		names, err := filepath.Glob(filepath.Join(golden, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range names {
			name, _ := filepath.Rel(golden, path)
			if out[name], err = decode(string(read(t, name))); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if len(out) != 8 { // six members, storage, DNS
		t.Fatalf("%d files", len(out))
	}
	return out
}

func TestKubernetesDecodesStrictly(t *testing.T) {
	count := map[string]int{}
	for name, docs := range files(t) {
		for _, doc := range docs {
			count[fmt.Sprintf("%T", doc)]++
			if errs := validation.IsDNS1035Label(nameOf(doc)); len(errs) > 0 {
				t.Errorf("%s: name %q: %v", name, nameOf(doc), errs)
			}
		}
	}
	want := map[string]int{"*v1.StatefulSet": 10, "*v1.Deployment": 7, "*v1.Service": 17, "*v1.NetworkPolicy": 17, "*v1.PersistentVolumeClaim": 1, "*v1.ConfigMap": 1}
	for kind, n := range want {
		if count[kind] != n {
			t.Errorf("%d of %s, want %d", count[kind], kind, n)
		}
	}
}

func TestKubernetesDecoderRefuses(t *testing.T) {
	text := string(read(t, "k8s/bank.yaml"))
	for _, wrong := range [][2]string{{"terminationGracePeriodSeconds", "terminationGraceSeconds"}, {"readOnlyRootFilesystem", "readOnlyRoot"}, {"kind: Service", "kind: Servise"}, {"port: 17101,", "port: grpc,"}} {
		changed := strings.Replace(text, wrong[0], wrong[1], 1)
		if changed == text {
			t.Fatalf("%q is not in bank.yaml", wrong[0])
		}
		if _, err := decode(changed); err == nil {
			t.Errorf("%v: accepted", wrong)
		}
	}
}

// workload is what Deployments and StatefulSets have in common.
type workload struct {
	name     string
	selector map[string]string
	pod      corev1.PodTemplateSpec
	claims   []string
	service  string
}

func workloads(docs []any) []workload {
	var all []workload
	for _, doc := range docs {
		switch d := doc.(type) {
		case *appsv1.Deployment:
			all = append(all, workload{name: d.Name, selector: d.Spec.Selector.MatchLabels, pod: d.Spec.Template})
		case *appsv1.StatefulSet:
			w := workload{name: d.Name, selector: d.Spec.Selector.MatchLabels, pod: d.Spec.Template, service: d.Spec.ServiceName}
			for _, c := range d.Spec.VolumeClaimTemplates {
				w.claims = append(w.claims, c.Name)
			}
			all = append(all, w)
		}
	}
	return all
}

func TestKubernetesSelectorsMatch(t *testing.T) {
	for name, docs := range files(t) {
		all := workloads(docs)
		for _, w := range all {
			if !matches(w.selector, w.pod.Labels) {
				t.Errorf("%s: %s selects %v, its pods have %v", name, w.name, w.selector, w.pod.Labels)
			}
		}
		for _, doc := range docs {
			selector := selectorOf(doc)
			if selector == nil {
				continue
			}
			chosen := slices.DeleteFunc(slices.Clone(all), func(w workload) bool { return !matches(selector, w.pod.Labels) })
			if len(chosen) != 1 || chosen[0].name != nameOf(doc) {
				t.Errorf("%s: %T %s selects %d workloads", name, doc, nameOf(doc), len(chosen))
			}
		}
	}
}

func matches(selector, labels map[string]string) bool {
	for k, v := range selector {
		if labels[k] != v {
			return false
		}
	}
	return len(selector) > 0
}

func selectorOf(doc any) map[string]string {
	switch d := doc.(type) {
	case *corev1.Service:
		return d.Spec.Selector
	case *networkingv1.NetworkPolicy:
		return d.Spec.PodSelector.MatchLabels
	}
	return nil
}

func nameOf(doc any) string {
	return doc.(interface{ GetName() string }).GetName()
}
