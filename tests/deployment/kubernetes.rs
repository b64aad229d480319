//! The manifests for Kubernetes.

use yaml_rust2::Yaml;

use super::{NOBODY, config, ends_within, files, yaml};

const KINDS: [(&str, &str); 7] = [
    ("namespace.yaml", "Namespace"),
    ("secret.yaml", "Secret"),
    ("configmap.yaml", "ConfigMap"),
    ("deployment.yaml", "Deployment"),
    ("disruption.yaml", "PodDisruptionBudget"),
    ("service.yaml", "Service"),
    ("network.yaml", "NetworkPolicy"),
];

fn manifest(name: &str) -> Yaml {
    yaml(&format!("kubernetes/{name}"))
}

fn pod() -> Yaml {
    manifest("deployment.yaml")["spec"]["template"]["spec"].clone()
}

fn named<'a>(list: &'a Yaml, name: &str) -> &'a Yaml {
    list.as_vec().unwrap().iter().find(|one| one["name"].as_str() == Some(name)).unwrap_or_else(|| panic!("no {name}"))
}

#[test]
fn all_manifests_but_the_secret_are_applied_together_and_in_one_namespace() {
    for (file, kind) in KINDS {
        assert_eq!(manifest(file)["kind"].as_str(), Some(kind), "{file}");
    }
    let applied = manifest("kustomization.yaml");
    let resources: Vec<&str> =
        applied["resources"].as_vec().unwrap().iter().map(|file| file.as_str().unwrap()).collect();
    let expected: Vec<&str> = KINDS.iter().map(|(file, _)| *file).filter(|file| *file != "secret.yaml").collect();
    assert_eq!(resources, expected);
    let here = files().into_iter().filter(|file| file.starts_with("kubernetes/")).count();
    assert_eq!(here, KINDS.len() + 1, "and the list of them");
    assert_eq!(applied["namespace"], manifest("namespace.yaml")["metadata"]["name"]);
    assert_eq!(applied["namespace"], manifest("secret.yaml")["metadata"]["namespace"]);
}

#[test]
fn a_pod_is_nobody_writes_only_its_folder_and_may_do_nothing_else() {
    let pod = pod();
    let (all, own) = (&pod["securityContext"], &pod["containers"][0]["securityContext"]);
    assert_eq!((all["runAsNonRoot"].as_bool(), all["runAsUser"].as_i64()), (Some(true), Some(NOBODY)));
    assert_eq!(all["seccompProfile"]["type"].as_str(), Some("RuntimeDefault"));
    assert_eq!(own["readOnlyRootFilesystem"].as_bool(), Some(true));
    assert_eq!(own["allowPrivilegeEscalation"].as_bool(), Some(false));
    assert_eq!(own["capabilities"]["drop"][0].as_str(), Some("ALL"));
    assert_eq!(pod["automountServiceAccountToken"].as_bool(), Some(false));
    for mount in pod["containers"][0]["volumeMounts"].as_vec().unwrap() {
        let is_data = mount["mountPath"].as_str() == Some("/data");
        assert_eq!(mount["readOnly"].as_bool().unwrap_or(false), !is_data, "{mount:?}");
        assert!(!named(&pod["volumes"], mount["name"].as_str().unwrap()).is_badvalue());
    }
    assert!(!named(&pod["volumes"], "data")["emptyDir"].is_badvalue(), "a folder of each pod's own");
}

#[test]
fn a_pod_has_the_time_to_end_and_is_no_longer_asked_by_then() {
    let map = manifest("configmap.yaml");
    let config = config(map["data"]["countersign.toml"].as_str().unwrap());
    let pod = pod();
    let before = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"].as_i64().unwrap();
    let unready = {
        let probe = &pod["containers"][0]["readinessProbe"];
        probe["periodSeconds"].as_i64().unwrap() * probe["failureThreshold"].as_i64().unwrap()
    };
    assert!(before >= unready, "{before} s");
    let grace = pod["terminationGracePeriodSeconds"].as_i64().unwrap();
    assert!(grace > before + ends_within(&config), "{grace} s");
}

#[test]
fn a_pod_lives_by_its_process_and_is_asked_by_its_database() {
    let pod = pod();
    let container = &pod["containers"][0];
    let path = |probe: &str| container[probe]["httpGet"]["path"].as_str().map(str::to_owned);
    assert_eq!(path("livenessProbe").as_deref(), Some("/healthz"));
    assert_eq!(path("startupProbe").as_deref(), Some("/healthz"));
    assert_eq!(path("readinessProbe").as_deref(), Some("/readyz"));
    let port = named(&container["ports"], "http")["containerPort"].as_i64();
    assert_eq!(port, Some(8080), "as the image listens");
    assert_eq!(manifest("service.yaml")["spec"]["ports"][0]["targetPort"].as_str(), Some("http"));
    assert_eq!(manifest("network.yaml")["spec"]["ingress"][0]["ports"][0]["port"].as_i64(), port);
}

#[test]
fn what_a_pod_asks_for_is_in_the_secret_and_the_map_and_all_select_the_same_pods() {
    let (pod, secret) = (pod(), manifest("secret.yaml"));
    let environment = &pod["containers"][0]["env"];
    for (variable, key) in [("COUNTERSIGN_STORE", "store"), ("COUNTERSIGN_ADMIN_KEY", "admin-key")] {
        let asked = &named(environment, variable)["valueFrom"]["secretKeyRef"];
        assert_eq!((asked["name"].as_str(), asked["key"].as_str()), (secret["metadata"]["name"].as_str(), Some(key)));
        assert!(secret["stringData"][key].as_str().unwrap().contains("REPLACE"), "{key} is no secret of anybody");
    }
    assert_eq!(secret["stringData"]["master-key"].as_str(), Some("REPLACE"));
    let file = named(environment, "COUNTERSIGN_MASTER_KEY__FILE")["value"].as_str();
    assert_eq!(file, Some("/run/secrets/countersign/master-key"));
    let config = named(environment, "COUNTERSIGN_CONFIG")["value"].as_str();
    assert_eq!(config, Some("/etc/countersign/countersign.toml"));
    let deployment = manifest("deployment.yaml");
    let labels = &deployment["spec"]["template"]["metadata"]["labels"];
    assert_eq!(&deployment["spec"]["selector"]["matchLabels"], labels);
    assert_eq!(&manifest("disruption.yaml")["spec"]["selector"]["matchLabels"], labels);
    assert_eq!(&manifest("network.yaml")["spec"]["podSelector"]["matchLabels"], labels);
    assert_eq!(&manifest("service.yaml")["spec"]["selector"], labels);
    assert!(deployment["spec"]["replicas"].as_i64() >= Some(2));
}
