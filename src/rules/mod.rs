//! The rules: one file each, with docs, metadata, check, fix and examples together.
//!
//! A new rule is a file `<theme>/<name>.rs` with a constant `RULE`, and its name in the list below; nothing
//! else. rustfmt doesn't see files that a macro declares: format them by name
//! (`rustfmt --edition 2024 src/rules/*/*.rs`).

pub mod alias;
mod call;
mod diagnostic;
mod finding;
mod ignores;
mod input;
mod kept;
mod kit;
mod page;
mod rule;
mod run;
mod shellcheck;

pub use call::{Arg, Call};
pub use diagnostic::{Applicability, Diagnostic, Fix, Severity, Tag};
pub use finding::Finding;
pub use ignores::{Dialect, Ignore, Name, Reach, ignores};
pub use input::{Cmd, Input, Site};
pub use kept::Kept;
pub use kit::image::{known as base_image, pinned as pinned_image, root as root_image};
pub use kit::packages::{order as package_order, sorted as sorted_packages};
pub use kit::signal::names as signals;
pub use kit::users::{Made, made as made_users};
pub use kit::{Layout, layout, whole_lines};
pub use page::{page, page_address, page_of, page_url};
pub use rule::{
    Asked, Check, Docs, Example, Files, FixKind, OptionDefault, Reads, Rule, RuleOption, Scope, Severities,
    Theme,
};
pub use run::check;
pub use shellcheck::{Checked, Script, scripts};

/// Declares the modules of the rules, and lists the rules.
macro_rules! rules {
    ($($theme:ident { $($rule:ident)* })*) => {
        $(mod $theme { $(pub(super) mod $rule;)* })*
        static RULES: &[Rule] = &[$($($theme::$rule::RULE,)*)*];
    };
}

rules! {
    build {
        arg_of_other_stage
        base_platform_mismatch
        broken_exec_form
        build_without_dev_packages
        circular_stages
        constant_platform
        copy_from_empty_stage
        copy_from_later_stage
        copy_from_own_stage
        copy_from_unknown_stage
        copy_ignored_file
        copy_missing_file
        corepack_missing
        destination_not_a_folder
        duplicate_stage_name
        empty_continuation
        env_refers_to_itself
        healthcheck_asks_ipv6
        healthcheck_tool_missing
        instruction_before_from
        invalid_base_default
        invalid_expose_format
        invalid_image_name
        invalid_mount_target
        invalid_onbuild_trigger
        invalid_port
        invalid_stop_signal
        mistyped_directive
        no_stages
        prisma_client_not_generated
        prisma_without_openssl
        refused_value
        relative_copy_destination
        relative_workdir
        repeated_instruction
        reserved_stage_name
        shell_form_command
        shell_run_in_scratch
        space_before_equals
        stages_of_other_libc
        stopsignal_unfit_for_program
        syntax_error
        undefined_arg_in_from
        undefined_variable
        unexpandable_word
        ungraceful_stopsignal
        unknown_instruction
        unused_stage
        user_tool_missing
        user_without_passwd
        variable_in_exec_form
    }
    cache {
        arg_busts_cache
        consecutive_run
        copy_before_install
        epilogue_out_of_order
        mode_changed_after_copy
        node_headers_downloaded
        package_manager_cache_mount
        update_without_install
    }
    nextjs {
        exposed_port_unused
        local_env_file_lost
        next_cache_mount
        next_cache_not_writable
        next_not_found
        next_public_env
        next_start_without_build
        node_cmd_npm
        plug_n_play_standalone
        pnpm_store_untraced
        public_folder_missing
        server_started_in_run
        sharp_missing
        single_stage_next_image
        standalone_assets_missing
        standalone_hostname_missing
        standalone_output_off
        standalone_output_unused
        standalone_server_elsewhere
        standalone_started_with_next
    }
    reproducible {
        base_image_tag_and_digest
        base_image_without_digest
        latest_base_image
        lockfile_not_copied
        lockfile_not_enforced
        lockfile_of_other_manager
        node_version_mismatch
        os_upgrade
        unpinned_apk_package
        unpinned_apt_package
        unpinned_base_image
        unpinned_dnf_package
        unpinned_gem
        unpinned_go_package
        unpinned_npm_package
        unpinned_pip_package
        unpinned_yum_package
        unpinned_zypper_package
    }
    security {
        add_instead_of_copy
        admin_port_exposed
        certificate_check_disabled
        cleartext_download
        copied_as_root
        created_user_not_used
        debug_enabled
        docker_socket_volume
        git_cloned_by_run
        last_user_root
        literal_secret
        missing_healthcheck
        named_user
        no_non_root_user
        password_set_in_run
        program_owned_by_user
        sandbox_disabled
        script_piped_to_shell
        secret_file_copied
        secret_in_arg_or_env
        secret_mount_missing
        secret_mount_readable
        sudo_in_run
        telemetry_left_on
        unsigned_packages_allowed
        untrusted_registry
        url_without_checksum
        user_drops_groups
        vex_copied
        vulnerable_openssl
        workdir_in_system_folder
        world_writable_files
    }
    shell {
        apt_instead_of_apt_get
        cd_instead_of_workdir
        download_without_retry
        heredoc_without_errexit
        install_without_yes
        pipe_without_pipefail
        redirects_not_followed
        shell_instruction_used
        shell_replaced_by_link
        shellcheck
        useless_command
        wget_progress_shown
    }
    size {
        apk_cache_left
        apt_lists_left
        archive_copied_then_extracted
        archive_fetched_by_run
        build_tools_shipped
        cleanup_in_later_layer
        development_packages_shipped
        dockerignore_missing
        heaviest_layer
        package_cache_left
        pip_cache_left
        recommended_packages_installed
        useradd_with_high_uid
        wget_and_curl
        whole_file_system_copied
        yarn_cache_left
    }
    style {
        as_casing
        base_digest_label_unbacked
        chained_commands_on_one_line
        deprecated_maintainer
        description_format
        duplicate_label
        empty_label
        expose_protocol_casing
        file_written_by_run
        ignore_comment_used
        instruction_casing
        invalid_label_key
        label_set_by_buildx
        legacy_key_value
        long_file
        long_run_line
        malformed_label
        missing_final_newline
        missing_label
        redundant_platform
        repeated_blank_lines
        repeated_spaces
        stage_name_casing
        stopsignal_not_canonical
        todo_comment
        trailing_spaces
        undeclared_label
        uneven_indentation
        unformatted_heredoc
        ungrouped_instructions
        ungrouped_labels
        unnamed_stage
        unsorted_labels
        unsorted_packages
        unused_ignore
    }
}

/// Every rule, by theme.
pub fn all() -> &'static [Rule] {
    RULES
}

/// The rule that `name` means: its own name, else an alias with or without its tool. Where several rules
/// have the alias, the first of them.
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name).or_else(|| RULES.iter().find(|rule| rule.is_called(name)))
}

impl Rule {
    /// Whether `name` is the rule's name or one of its aliases, with or without its tool.
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name || self.aliases.iter().any(|known| alias::matches(known, name))
    }
}

/// What a rule's file needs.
mod prelude {
    pub(super) use super::kit;
    pub(super) use super::{
        Arg, Call, Check, Cmd, Docs, Example, Finding, Fix, FixKind, Input, Reads, Rule, Severities,
        Severity, Site, Theme,
    };
    pub(super) use crate::settings::Profile;
    pub(super) use crate::syntax::Keyword;
    pub(super) use crate::text::{Edit, Span};
}
