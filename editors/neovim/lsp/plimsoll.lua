---@brief
---
--- Plimsoll, a language server for Dockerfiles.
---
--- Findings, hovers, completion and the rest need this file alone. Where the whole plugin is on 'runtimepath' there are
--- commands too (`:help plimsoll-commands`), and a server that crashes is started again.
---
---     vim.lsp.enable('plimsoll')

-- What the conversion reads or writes beside the Dockerfile. A buffer of one of these is shown to the
-- server too, so that it works with the text on the screen rather than with an older one on disk.
local companions = {
  'package.json',
  'next.config.js',
  'next.config.mjs',
  'next.config.ts',
  '.dockerignore',
  '*.dockerignore',
}

---@param client vim.lsp.Client
local function attach_companions(client)
  local patterns = vim.tbl_map(vim.glob.to_lpeg, companions)
  local function attach(bufnr)
    local path = vim.api.nvim_buf_get_name(bufnr)
    local root = client.root_dir
    if vim.bo[bufnr].buftype ~= '' or path == '' or (root and not vim.fs.relpath(root, path)) then
      return
    end
    local name = vim.fs.basename(path)
    for _, pattern in ipairs(patterns) do
      if pattern:match(name) then
        vim.lsp.buf_attach_client(bufnr, client.id)
        return
      end
    end
  end

  local group = vim.api.nvim_create_augroup('plimsoll.companions.' .. client.id, {})
  vim.api.nvim_create_autocmd({ 'BufReadPost', 'BufNewFile' }, {
    group = group,
    pattern = companions,
    callback = function(event)
      if client:is_stopped() then
        vim.api.nvim_del_augroup_by_id(group)
        return
      end
      -- After the file's type is known, which the server is told.
      vim.schedule(function()
        if vim.api.nvim_buf_is_loaded(event.buf) then
          attach(event.buf)
        end
      end)
    end,
  })
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(bufnr) then
      attach(bufnr)
    end
  end
end

---Asks the server to run a command and gives the result to `show`; what went wrong is told.
---@param client vim.lsp.Client
---@param command string
---@param arguments any[]
---@param show fun(result: table)
local function run(client, command, arguments, show)
  client:request('workspace/executeCommand', { command = command, arguments = arguments }, function(err, result)
    if err or not result then
      vim.notify('plimsoll: ' .. (err and err.message or 'there is nothing to show'), vim.log.levels.ERROR)
    else
      show(result)
    end
  end)
end

---Shows the picture that the server draws of a Dockerfile, in the browser.
local function show_picture(picture)
  local path = vim.fn.tempname() .. '.html'
  local file, why = io.open(path, 'wb')
  if not file then
    vim.notify('plimsoll: the picture cannot be written: ' .. why, vim.log.levels.ERROR)
    return
  end
  file:write(picture.html)
  file:close()
  vim.ui.open(path)
end

---Shows the page of a rule in a window of its own.
local function show_rule(page)
  local name = 'plimsoll://rule/' .. page.rule
  local bufnr = vim.fn.bufadd(name)
  vim.fn.bufload(bufnr)
  vim.bo[bufnr].buftype = 'nofile'
  vim.bo[bufnr].bufhidden = 'wipe'
  vim.bo[bufnr].swapfile = false
  vim.bo[bufnr].modifiable = true
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, vim.split(vim.trim(page.markdown), '\n'))
  vim.bo[bufnr].modifiable = false
  vim.bo[bufnr].filetype = 'markdown'
  local window = vim.fn.bufwinid(bufnr)
  if window ~= -1 then
    vim.api.nvim_set_current_win(window)
  else
    vim.cmd('botright sbuffer ' .. bufnr)
  end
end

---What a command of the server leads to, by a code lens, a code action or by hand.
local function shows(show)
  return function(command, context)
    local client = assert(vim.lsp.get_client_by_id(context.client_id))
    run(client, command.command, command.arguments or {}, show)
  end
end

---@type vim.lsp.Config
return {
  cmd = { 'plimsoll', 'lsp' },
  filetypes = { 'dockerfile' },
  -- The repository first: the lockfile of a workspace stands above the app that the Dockerfile builds.
  root_markers = {
    '.git',
    { 'docker-bake.hcl', 'compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml' },
    'package.json',
  },
  on_init = attach_companions,
  on_attach = function(client, bufnr)
    -- The whole plugin has this command in every buffer.
    if vim.fn.exists(':PlimsollPicture') ~= 2 then
      vim.api.nvim_buf_create_user_command(bufnr, 'PlimsollPicture', function()
        run(client, 'plimsoll.showPicture', { vim.uri_from_bufnr(bufnr) }, show_picture)
      end, { desc = 'Show the layers of this Dockerfile as a picture' })
    end
  end,
  on_exit = function(code, signal, client_id)
    local whole, crashes = pcall(require, 'plimsoll.crashes')
    if whole then
      crashes.ended(code, signal, client_id)
    end
  end,
  commands = {
    ['plimsoll.showPicture'] = shows(show_picture),
    ['plimsoll.showRule'] = shows(show_rule),
  },
  capabilities = { experimental = { plimsollShowsPictures = true, plimsollShowsRules = true } },
}
