//! What documents say of themselves is shown only if it is what it should be, and counted the same by any number of threads.

use crate::sandbox::Sandbox;

/// Words that stand where codes, OIDs and names of programs belong.
const SECRET: [&str; 4] = ["Maija", "010190-900P", "0401234567", "salaisuus"];

fn hostile(text: &str) -> String {
    format!(
        "<ClinicalDocument xmlns='urn:hl7-org:v3' xmlns:f='urn:hl7finland'><realmCode code='FI'/>\
         <templateId root='1.2.246.777.5.1' extension='{text}'/>\
         <code code='{text}' codeSystem='1.2.246.537.5.40150.2009'/><effectiveTime value='{text}'/>\
         <author><functionCode code='{text}'/><assignedAuthor><representedOrganization><id root='1.2.246.10.{text}'/>\
         </representedOrganization></assignedAuthor></author>\
         <f:localHeader><f:tableOfContents><f:contentsCode code='{text}'/></f:tableOfContents>\
         <f:softwareSupport product='{text}' version='{text}'>{text}</f:softwareSupport>\
         <f:patientHomeMunicipality code='{text}'/></f:localHeader></ClinicalDocument>"
    )
}

#[test]
fn what_stands_in_the_wrong_field_does_not_show() {
    let sandbox = Sandbox::new("groups-privacy");
    let texts =
        ["Maija Esimerkki!", "010190-900P", "0401234567 salaisuus", "salaisuus 010190-900P", "Maija: salaisuus"];
    let paths: Vec<String> = (0..texts.len()).map(|number| format!("{number}.xml")).collect();
    for (number, text) in texts.iter().enumerate() {
        sandbox.write(&paths[number], &hostile(text));
    }
    for format in ["text", "json"] {
        let mut arguments = vec!["check", "--fail-on", "never", "--format", format];
        arguments.extend(["--by", "area,provider,unit,software,form,author-role,document-type,month"]);
        arguments.extend(paths.iter().map(String::as_str));
        let output = sandbox.run(&arguments);
        let output = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        assert!(output.contains("ei ilmoitettu") || output.contains("\"by\": \"software\""), "{output}");
        for secret in SECRET {
            assert!(!output.contains(secret), "{secret} in {format}: {output}");
        }
    }
}

#[test]
fn groups_are_the_same_whatever_the_number_of_threads() {
    let sandbox = Sandbox::new("groups-threads");
    for format in ["text", "json"] {
        let run = |jobs| {
            let by = ["--by", "unit,software,month,area", "--format", format, "--jobs", jobs];
            sandbox.stdout(&[&["check", "fixtures/documents", "--as-of", "2026-06-30"][..], &by].concat())
        };
        assert_eq!(run("1"), run("2"));
    }
}
