/* SPDX-License-Identifier: MIT */
/*
 * The completion of gx itself. Which filters there are is asked each time, so that a new one
 * is known at once; only those that gx lists are run, and not until their name is complete.
 */
#include "command/completion.h"

static const char bash[] =
	"# Completion of gx for bash.\n"
	"_gx() {\n"
	"	local gx=${COMP_WORDS[0]/#\\~/$HOME} name=${COMP_WORDS[1]#gx-} names words=\n"
	"	names=$(\"$gx\" 2>/dev/null | sed -n 's/^  gx-\\([^ ]*\\) .*/\\1/p')\n"
	"	COMPREPLY=()\n"
	"	if ((COMP_CWORD == 1)); then\n"
	"		words=\"$names help completion version --help --version --completion\"\n"
	"	elif [[ $name == help ]]; then\n"
	"		((COMP_CWORD > 2)) || words=\"$names gx matrix\"\n"
	"	elif [[ $name == completion || $name == --completion ]]; then\n"
	"		((COMP_CWORD > 2)) || words='bash zsh fish'\n"
	"	elif [[ $'\\n'$names$'\\n' == *$'\\n'$name$'\\n'* ]]; then\n"
	"		declare -F \"_gx_$name\" >/dev/null || eval \"$(\"$gx\" \"$name\" --completion bash)\"\n"
	"		local COMP_WORDS=(\"gx-$name\" \"${COMP_WORDS[@]:2}\") COMP_CWORD=$((COMP_CWORD - 1))\n"
	"		\"_gx_$name\"\n"
	"		return\n"
	"	fi\n"
	"	mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\")\n"
	"}\n"
	"complete -F _gx gx\n";

static const char zsh[] =
	"#compdef gx\n"
	"# Completion of gx for zsh: a file of fpath, or read by a shell.\n"
	"_gx() {\n"
	"	local gx=${(Q)words[1]} name=${words[2]#gx-}\n"
	"	local -a names own\n"
	"	names=(${(f)\"$($~gx 2>/dev/null | sed -n 's/^  gx-\\([^ ]*\\)  *\\(.*\\)/\\1:\\2/p')\"})\n"
	"	own=('help:show a page' 'completion:print the completion for a shell'\n"
	"		'version:print the version')\n"
	"	if (( CURRENT == 2 )); then\n"
	"		_describe filter names\n"
	"		_describe command own\n"
	"		[[ $words[2] != -* ]] || compadd -- --completion --help --version\n"
	"	elif [[ $name == help ]]; then\n"
	"		(( CURRENT > 3 )) || _describe filter names\n"
	"	elif [[ $name == completion || $name == --completion ]]; then\n"
	"		(( CURRENT > 3 )) || compadd bash zsh fish\n"
	"	elif (( ${names[(I)$name:*]} )); then\n"
	"		(( $+functions[_gx-$name] )) || eval \"$($~gx $name --completion zsh)\"\n"
	"		words=(gx-$name \"${(@)words[3,-1]}\")\n"
	"		(( CURRENT-- ))\n"
	"		_gx-$name\n"
	"	fi\n"
	"}\n"
	"if [[ $funcstack[1] == _gx ]]; then\n"
	"	_gx \"$@\"\n"
	"else\n"
	"	compdef _gx gx\n"
	"fi\n";

static const char fish[] =
	"# Completion of gx for fish.\n"
	"function __gx_names\n"
	"	gx 2>/dev/null | string replace -rf '^  gx-(\\S+) +(.*)$' '$1'\\t'$2'\n"
	"end\n"
	"function __gx_filter\n"
	"	set -l words (commandline -opc)\n"
	"	set -l name (string replace -r '^gx-' '' -- $words[2])\n"
	"	contains -- $name (__gx_names | string replace -r '\\t.*' ''); or return\n"
	"	complete -C \"gx-$name \"(string join ' ' -- (string escape -- $words[3..-1]) (commandline -ct))\n"
	"end\n"
	"complete -c gx -f\n"
	"complete -c gx -n __fish_use_subcommand -a '(__gx_names)'\n"
	"complete -c gx -n __fish_use_subcommand -a help -d 'show a page'\n"
	"complete -c gx -n __fish_use_subcommand -a completion -d 'print the completion for a shell'\n"
	"complete -c gx -n __fish_use_subcommand -a version -d 'print the version'\n"
	"complete -c gx -n __fish_use_subcommand -l completion -x -a 'bash zsh fish' -d 'print the completion of gx alone'\n"
	"complete -c gx -n __fish_use_subcommand -s h -l help -d 'print this help'\n"
	"complete -c gx -n __fish_use_subcommand -s V -l version -d 'print the version'\n"
	"complete -c gx -n '__fish_seen_subcommand_from help; and test (count (commandline -opc)) -eq 2' -a '(__gx_names)'\n"
	"complete -c gx -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'\n"
	"complete -c gx -n 'not __fish_use_subcommand; and not __fish_seen_subcommand_from help completion version' -a '(__gx_filter)'\n";

void gx_completion_print_gx(FILE *to, enum gx_shell shell)
{
	fputs(shell == GX_BASH ? bash : shell == GX_ZSH ? zsh : fish, to);
}
