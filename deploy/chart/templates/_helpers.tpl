{{- define "onboarding.name" -}}
{{- if contains "onboarding" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-onboarding" .Release.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "onboarding.selector" -}}
app.kubernetes.io/name: onboarding
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "onboarding.labels" -}}
{{ include "onboarding.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "onboarding-%s" .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "onboarding.image" -}}
{{ .Values.image.repository }}{{ if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{- define "onboarding.secret" -}}
{{ .Values.secrets.existingSecret | default (include "onboarding.name" .) }}
{{- end }}

{{- /* The owner's login is there before the other objects are. */ -}}
{{- define "onboarding.ownerSecret" -}}
{{ .Values.secrets.existingSecret | default (printf "%s-owner" (include "onboarding.name" .)) }}
{{- end }}

{{- define "onboarding.workers" -}}
{{ if .Values.worker.keda.enabled }}{{ .Values.worker.keda.maxReplicas }}{{ else }}{{ .Values.worker.replicas }}{{ end }}
{{- end }}

{{- /* Environment of a program: the settings, then what comes from the Secret. */ -}}
{{- define "onboarding.environment" -}}
{{- /* Not merge, which takes false for unset. */ -}}
{{- $settings := dict "API_PROCESSES" .root.Values.api.replicas "WORKER_PROCESSES" (include "onboarding.workers" .root) -}}
{{- range $given := list .root.Values.settings .settings }}
{{- range $name, $value := $given }}
{{- /* Large numbers of values are written with an exponent otherwise. */ -}}
{{- $_ := set $settings $name (kindIs "float64" $value | ternary (int64 $value) $value) }}
{{- end }}
{{- end }}
{{- range $name, $value := $settings }}
- name: {{ $name }}
  value: {{ $value | toString | quote }}
{{- end }}
- name: DATABASE_URL
  valueFrom: {secretKeyRef: {name: {{ include "onboarding.secret" .root }}, key: DATABASE_URL}}
- name: SEAL_KEYS
  valueFrom: {secretKeyRef: {name: {{ include "onboarding.secret" .root }}, key: SEAL_KEYS}}
{{- end }}

{{- define "onboarding.ownerEnvironment" -}}
- name: DATABASE_URL
  valueFrom: {secretKeyRef: {name: {{ include "onboarding.ownerSecret" . }}, key: DATABASE_URL}}
- name: MIGRATE_DATABASE_URL
  valueFrom: {secretKeyRef: {name: {{ include "onboarding.ownerSecret" . }}, key: MIGRATE_DATABASE_URL}}
{{- with (index .Values.settings "DATABASE_POOLER") }}
- name: DATABASE_POOLER
  value: {{ . | quote }}
{{- end }}
{{- end }}

{{- define "onboarding.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "onboarding.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "onboarding.placement" -}}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "onboarding.probes" -}}
startupProbe:
  httpGet: {path: /healthz, port: metrics}
  periodSeconds: 1
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /healthz, port: metrics}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: {path: /readyz, port: metrics}
  periodSeconds: 2
  timeoutSeconds: 4
  failureThreshold: 2
{{- end }}
