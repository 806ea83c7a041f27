package manifests

import (
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

func TestKubernetesMountsExist(t *testing.T) {
	for name, docs := range files(t) {
		for _, w := range workloads(docs) {
			have := slices.Clone(w.claims)
			for _, v := range w.pod.Spec.Volumes {
				have = append(have, v.Name)
				if c := v.PersistentVolumeClaim; c != nil && !hasClaim(docs, c.ClaimName) {
					t.Errorf("%s: %s claims %s, which is not there", name, w.name, c.ClaimName)
				}
			}
			var used []string
			for _, m := range w.pod.Spec.Containers[0].VolumeMounts {
				used = append(used, m.Name)
				if !slices.Contains(have, m.Name) {
					t.Errorf("%s: %s mounts %s, which is not there", name, w.name, m.Name)
				}
			}
			for _, v := range have {
				if !slices.Contains(used, v) {
					t.Errorf("%s: %s has volume %s and mounts it nowhere", name, w.name, v)
				}
			}
		}
	}
}

func hasClaim(docs []any, name string) bool {
	return slices.ContainsFunc(docs, func(doc any) bool {
		claim, ok := doc.(*corev1.PersistentVolumeClaim)
		return ok && claim.Name == name
	})
}

// A member's pods name that member's Secrets only, each node its own.
func TestKubernetesSecretsAreTheNodesOwn(t *testing.T) {
	for name, docs := range files(t) {
		for _, w := range workloads(docs) {
			for _, secret := range secretsOf(w.pod.Spec) {
				if secret != w.name {
					t.Errorf("%s: %s uses the secret %s", name, w.name, secret)
				}
			}
			if len(secretsOf(w.pod.Spec)) == 0 {
				t.Errorf("%s: %s has no secret at all", name, w.name)
			}
		}
	}
}

func secretsOf(pod corev1.PodSpec) []string {
	var names []string
	for _, v := range pod.Volumes {
		if v.Secret != nil {
			names = append(names, v.Secret.SecretName)
		}
	}
	for _, e := range pod.Containers[0].Env {
		if e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil {
			names = append(names, e.ValueFrom.SecretKeyRef.Name)
		}
	}
	return names
}

// kubernetes-secrets.sh makes every Secret and ConfigMap with every key that
// a pod names.
func TestKubernetesSecretsAreMade(t *testing.T) {
	script := string(read(t, "kubernetes-secrets.sh"))
	line := func(start string) string {
		for _, l := range strings.Split(script, "\n") {
			if strings.HasPrefix(l, start+" ") {
				return l
			}
		}
		return ""
	}
	for _, docs := range files(t) {
		for _, w := range workloads(docs) {
			secret := line("kubectl create secret generic " + w.name)
			for _, key := range keysOf(w.pod.Spec) {
				if !strings.Contains(secret, " --from-file="+key+"=") {
					t.Errorf("%s needs key %s, which the script does not make: %q", w.name, key, secret)
				}
			}
			if w.pod.Labels["app.kubernetes.io/name"] != "chaincode" {
				continue
			}
			if made := line("kubectl create configmap " + w.name); !strings.Contains(made, " --from-file=genesis.json=") || !strings.Contains(made, " --from-literal=id=") {
				t.Errorf("%s: its ConfigMap is made by %q", w.name, made)
			}
		}
	}
}

func keysOf(pod corev1.PodSpec) []string {
	var keys []string
	for _, v := range pod.Volumes {
		if v.Secret == nil {
			continue
		}
		for _, item := range v.Secret.Items {
			keys = append(keys, item.Key)
		}
		if len(v.Secret.Items) == 0 {
			keys = append(keys, "server.crt", "server.key", "ca.crt")
		}
	}
	for _, e := range pod.Containers[0].Env {
		if e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil {
			keys = append(keys, e.ValueFrom.SecretKeyRef.Key)
		}
	}
	return keys
}

func TestKubernetesPodsAreConfined(t *testing.T) {
	for name, docs := range files(t) {
		for _, w := range workloads(docs) {
			pod, c := w.pod.Spec, w.pod.Spec.Containers[0]
			if pod.SecurityContext == nil || !*pod.SecurityContext.RunAsNonRoot || *pod.AutomountServiceAccountToken || *pod.EnableServiceLinks {
				t.Errorf("%s: %s: pod %+v", name, w.name, pod.SecurityContext)
			}
			if s := c.SecurityContext; s == nil || *s.AllowPrivilegeEscalation || !*s.ReadOnlyRootFilesystem || !slices.Equal(s.Capabilities.Drop, []corev1.Capability{"ALL"}) {
				t.Errorf("%s: %s: container %+v", name, w.name, s)
			}
			if c.LivenessProbe == nil || c.ReadinessProbe == nil || c.Resources.Limits.Memory().IsZero() || c.Resources.Requests.Memory().IsZero() {
				t.Errorf("%s: %s: probes or resources are missing", name, w.name)
			}
		}
	}
}

// A Service's ports exist in the pod, and the policy lets nothing else in.
func TestKubernetesPortsAgree(t *testing.T) {
	for name, docs := range files(t) {
		served, allowed, inside := map[string][]int32{}, map[string][]int32{}, map[string][]int32{}
		for _, doc := range docs {
			switch d := doc.(type) {
			case *corev1.Service:
				for _, p := range d.Spec.Ports {
					served[d.Name] = append(served[d.Name], p.Port)
				}
			case *networkingv1.NetworkPolicy:
				for _, rule := range d.Spec.Ingress {
					allowed[d.Name] = append(allowed[d.Name], rule.Ports[0].Port.IntVal)
				}
			}
		}
		for _, w := range workloads(docs) {
			for _, p := range w.pod.Spec.Containers[0].Ports {
				inside[w.name] = append(inside[w.name], p.ContainerPort)
			}
			if !slices.Equal(served[w.name], inside[w.name]) || !slices.Equal(allowed[w.name], inside[w.name]) {
				t.Errorf("%s: %s listens on %v, serves %v, allows %v", name, w.name, inside[w.name], served[w.name], allowed[w.name])
			}
			if w.service != "" && served[w.service] == nil {
				t.Errorf("%s: %s names the Service %q, which is not there", name, w.name, w.service)
			}
		}
	}
}
