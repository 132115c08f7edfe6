//! Building the three things that run: the capture frame's wasm, the web app, and the two servers. It knows no flags of
//! theirs.

use crate::place::Profile;
use crate::tools::{Tools, step};
use crate::{
    child::{self, Running},
    place,
};
use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Mutex, PoisonError},
};
use xtask::failure::{Because, Failure, Result};

/// The same features for every wasm file; rustc's output uses them and `wasm-opt` has to know them.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Where the web app is after `trunk build`.
pub fn dist() -> PathBuf {
    place::root().join("dist")
}

/// Where the capture frame's wasm and its glue are after [`capture`].
pub fn frame() -> PathBuf {
    place::target().join("capture")
}

/// The card and bank rules as a wasm of their own, with the glue `wasm-bindgen` writes for a module script.
///
/// Never in one command with the app: a library for browsers is linked in another way, and Trunk would compile all of
/// the app's crates a second time.
pub fn capture(tools: &Tools) -> Result<()> {
    step("Building the capture frame's wasm");
    let mut cargo = place::cargo();
    cargo.args(["build", "--release", "--target", "wasm32-unknown-unknown", "-p", "capture"]);
    child::run("cargo build of the capture frame", &mut cargo).map_err(compiler_failure)?;
    let built = place::target().join("wasm32-unknown-unknown/release/capture.wasm");
    let mut bindgen = tools.command("wasm-bindgen");
    bindgen.args(["--target", "web", "--no-typescript", "--out-dir"]).arg(frame());
    child::run("wasm-bindgen", bindgen.arg(built))?;
    optimise(tools, &frame().join("capture_bg.wasm"))
}

fn compiler_failure(failure: Failure) -> Failure {
    failure.fix("the compiler's message is above")
}

/// For size. Flat code is what the second round finds more in, and functions that are sorted by name compress better:
/// 2 % of the first page.
const PASSES: [&str; 7] =
    ["--low-memory-unused", "--flatten", "--rereloop", "-Oz", "-Oz", "--converge", "--reorder-functions-by-name"];

/// Makes a wasm file smaller, in its place.
pub fn optimise(tools: &Tools, wasm: &Path) -> Result<()> {
    let mut optimise = tools.command("wasm-opt");
    child::run("wasm-opt", optimise.args(PASSES).args(WASM_FEATURES).arg(wasm).arg("-o").arg(wasm))
}

/// The release app into `dist/`, in pieces and compressed by Trunk's hook (`split`).
pub fn app(tools: &Tools) -> Result<()> {
    step("Building the web app, cut into chunks (some minutes the first time, half a minute after a change)");
    let mut trunk = tools.command("trunk");
    // Trunk takes NO_COLOR for the value of its own switch and refuses `1`.
    child::run("trunk build", trunk.args(["build", "--release"]).env_remove("NO_COLOR")).map_err(compiler_failure)?;
    if !dist().join("index.html").is_file() {
        return Err(Failure::new("Trunk ended well, but there is no dist/index.html."));
    }
    Ok(())
}

/// Of the forms beside a file, as the server looks for them.
pub const BROTLI: &str = ".br";
pub const GZIP: &str = ".gz";

pub fn form(file: &Path, extension: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(extension);
    name.into()
}

/// Node has zlib and brotli, and is needed anyway. What would grow is left as it is.
const COMPRESS: &str = "
const zlib = require('node:zlib'), fs = require('node:fs'), path = require('node:path');
const [brotli, gzip, folder] = process.argv.slice(1);
const best = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_LGWIN]: 22 } };
for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const file = path.join(entry.parentPath ?? entry.path, entry.name), bytes = fs.readFileSync(file);
  for (const [form, packed] of [[brotli, zlib.brotliCompressSync(bytes, best)], [gzip, zlib.gzipSync(bytes, { level: 9 })]]) {
    if (packed.length < bytes.length) fs.writeFileSync(file + form, packed);
  }
}";

/// Lays the compressed forms of each file beside it, which the server sends and does not make.
pub fn compress(folder: &Path) -> Result<()> {
    child::run("node", place::command("node").args(["-e", COMPRESS, "--", BROTLI, GZIP]).arg(folder))
}

/// `kppay-server` and `kppay-processor`.
pub fn servers(profile: Profile) -> Result<()> {
    if are_built() {
        return Ok(());
    }
    step("Building the billing API and the processor (some minutes the first time, seconds after a change)");
    let mut cargo = place::cargo();
    child::run("cargo build", cargo.args(servers_arguments(profile))).map_err(compiler_failure)
}

/// The same, beside whatever else is built and with the processor time that it leaves: linking, cutting the wasm and
/// making it small take one core each. Silent but for the compiler's messages.
fn servers_beside(profile: Profile) -> Result<Option<Running>> {
    if are_built() {
        return Ok(None);
    }
    step("Building the billing API and the processor, in the background");
    let mut nice = place::command("nice");
    nice.args(["-n", "10"]).arg(place::cargo().get_program());
    nice.args(servers_arguments(profile)).arg("--quiet").stdin(Stdio::null());
    Running::start("cargo build of the servers", &mut nice).map(Some)
}

fn servers_arguments(profile: Profile) -> Vec<&'static str> {
    let mut arguments = vec!["build", "--profile", profile.name()];
    match profile {
        // With a test among them cargo takes the features that tests have.
        Profile::Tested => arguments.extend(TESTED.into_iter().chain(["--bins", "--test", "program"])),
        Profile::Quick | Profile::Deployed => arguments.extend(["-p", "server", "-p", "processor"]),
    }
    arguments
}

/// What is tested together: cargo chooses features by what is named with `-p`, and compiles for each choice anew.
pub const TESTED: [&str; 6] = ["-p", "server", "-p", "serve", "-p", "processor"];

fn are_built() -> bool {
    let folder = place::built_servers();
    if let Some(folder) = &folder {
        step(&format!("Taking the servers that are in {}", folder.display()));
    }
    folder.is_some()
}

/// The load generator of `bench` and `chaos`.
pub fn load(profile: Profile) -> Result<()> {
    if place::built_servers().is_some() {
        return Ok(());
    }
    step("Building the load generator");
    let mut cargo = place::cargo();
    child::run(
        "cargo build",
        cargo.args(["build", "--profile", profile.name(), "-p", "xtask", "--features", "load", "--bin", "load"]),
    )
}

/// Builds the whole stack, once in a command, however many of its suites need it.
pub fn everything(profile: Profile) -> Result<()> {
    static BUILT: Mutex<Vec<Profile>> = Mutex::new(Vec::new());
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    if built.contains(&profile) {
        return Ok(());
    }
    std::fs::create_dir_all(place::target()).because("Making the target directory")?;
    let servers = servers_beside(profile)?;
    step("Looking at the tools");
    let tools = Tools::ready()?;
    capture(&tools)?;
    app(&tools)?;
    if let Some(mut servers) = servers {
        step("Waiting for the billing API and the processor");
        servers.succeed().map_err(compiler_failure)?;
    }
    built.push(profile);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(file: &str) -> String {
        std::fs::read_to_string(place::root().join(file)).unwrap()
    }

    #[test]
    fn trunk_builds_the_app_with_the_features_of_no_other_crate() {
        // Trunk names no package: cargo would take the default members, and compile the server's features into the app.
        assert!(!text("Cargo.toml").contains("default-members"));
    }

    #[test]
    fn the_commands_are_built_where_no_build_of_the_servers_keeps_trunk_s_hook_waiting() {
        assert!(text(".cargo/config.toml").contains("xtask = \"run --quiet --profile xtask "));
    }

    #[test]
    fn the_servers_of_the_tests_are_compiled_with_what_the_tests_have() {
        let tested = servers_arguments(Profile::Tested).join(" ");
        assert!(tested.contains(&TESTED.join(" ")) && tested.contains("--test "), "{tested}");
    }
}
