-- The commands. What they do is loaded when the first of them is called.

if vim.g.loaded_plimsoll then
  return
end
vim.g.loaded_plimsoll = true

---@param name string
---@param module string
---@param call string
---@param desc string
---@param opts? vim.api.keyset.user_command
local function command(name, module, call, desc, opts)
  vim.api.nvim_create_user_command('Plimsoll' .. name, function(args)
    require('plimsoll.' .. module)[call](args.args ~= '' and args.args or nil)
  end, vim.tbl_extend('error', { desc = desc }, opts or {}))
end

command('Convert', 'convert', 'show', 'Show the conversion to a multi-stage build as a diff of all files')
command('Apply', 'convert', 'apply', 'Make the conversion that is shown')
command('Discard', 'convert', 'discard', 'Close the conversion that is shown')
command('Layers', 'layers', 'open', 'List the steps of this Dockerfile with their weights')
command('Change', 'change', 'file', 'Say what a change of a file runs again', { nargs = '?', complete = 'file' })
command('WorkingTree', 'change', 'working_tree', 'Say what all that is not committed runs again', { nargs = '?' })
command('Picture', 'picture', 'open', 'Show the layers of this Dockerfile as a picture')
command('FixAll', 'fix', 'all', 'Make all safe fixes of this Dockerfile')
command('Rule', 'rules', 'open', 'Open the page of a rule', {
  nargs = '?',
  complete = function(lead)
    return require('plimsoll.rules').complete(lead)
  end,
})
command('Restart', 'server', 'restart', 'Start the server anew')
command('Log', 'server', 'log', 'Open the log of the server')
